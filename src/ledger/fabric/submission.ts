import { setTimeout as delay } from 'node:timers/promises';
import { fromUtf8 } from '../../proof/index.ts';
import type { ContinuedFrom } from '../continuation/continuation.ts';
import { LedgerError } from '../error.ts';
import type { Role } from '../kit/context.ts';
import type { Committed, Urgency } from '../ledger.ts';
import type { BlockFeed, CommitOutcome } from './block-feed.ts';
import type { Endorsed } from './gateway.ts';
import { gatewayOutcome } from './gateway-outcome.ts';
import type { SubmitAnswer } from './invocation.ts';
import { SubmissionWindow, type Telling } from './submission-window.ts';

/**
 * How often a transaction is made anew when another was faster or the endorsers stood at different blocks. Each time costs a
 * block; who loses ten times in a row has an object that others write all the time, and is told so.
 */
const MAX_ATTEMPTS = 10;
/** By then, a third of a second later, the own peer has written what the endorsers had: what it does not find is from before its first block. */
const LATE_ATTEMPT = 4; // 40 + 80 + 160 ms of pauses
/** Nor is it made anew after this: peers that answer late every time would keep the submitter for minutes. */
const MAX_ATTEMPTS_MS = 45_000;
/** First pause before a transaction is made anew; doubled up to the longest, with a random part so that two that met do not meet again. */
const RETRY_MS = 20;
/** Longest such pause: a few blocks. */
const MAX_RETRY_MS = 640;
/** How long an ordered transaction is waited for: longer than a change of the lead orderer takes, twice over. */
const COMMIT_MS = 30_000;
/** Pause between two sendings of the same bytes to orderers that did not take them. */
const ORDER_RETRY_MS = 500;

/** What submitting needs of the peer. */
export interface SubmissionPeer {
  /** The organisation's provider. */
  readonly mspId: string;
  endorse(role: Role, name: string, text: string): Promise<Endorsed>;
  /** Where a transaction stands; undefined when the peer has none of this id. */
  find(transactionId: string): Promise<CommitOutcome | undefined>;
  /** The block before the first one that the peer has: what was committed up to it stands in no block here. */
  before(): ContinuedFrom | undefined;
}

/** What is to be submitted: a function of the chaincode, and its request once the height is known at which it stands. */
export interface Wanted {
  readonly name: string;
  /** For what goes before other transactions that wait. */
  readonly urgency?: Urgency;
  text(height: number): string;
}

/** Submits transactions through one peer and says how each ended. */
export class Submission {
  readonly #peer: SubmissionPeer;
  readonly #feed: BlockFeed;
  readonly #closing: AbortSignal;
  readonly #window = new SubmissionWindow();

  /** `closing` ends every waiting. */
  constructor(peer: SubmissionPeer, feed: BlockFeed, closing: AbortSignal) {
    this.#peer = peer;
    this.#feed = feed;
    this.#closing = closing;
  }

  /** Commits a transaction. Throws `LedgerError`; `unknown-outcome` when it was ordered and no block brought it in time. */
  async commit(role: Role, wanted: Wanted): Promise<Committed> {
    let last: LedgerError | undefined;
    const beganMs = performance.now();
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (attempt > 0) await this.#pause(attempt);
      if (performance.now() - beganMs > MAX_ATTEMPTS_MS) break;
      const work = () => this.#attempt(role, wanted, attempt);
      const done = await this.#window.run(wanted.urgency, work, telling);
      if (done instanceof LedgerError) last = done;
      else if (done !== undefined) return done;
    }
    if (last !== undefined) throw last;
    const sentence = `another transaction was faster ${MAX_ATTEMPTS} times; read the object and decide again`;
    throw new LedgerError('conflict', sentence, { reason: 'contended' });
  }

  /** One time: undefined when another was faster or the own peer is not as far yet, an error when asking again may settle it. */
  async #attempt(role: Role, wanted: Wanted, attempt: number): Promise<Committed | LedgerError | undefined> {
    const endorsed = await this.#endorsed(role, wanted);
    if (endorsed instanceof LedgerError) return endorsed;
    const answer = JSON.parse(fromUtf8(endorsed.payload)) as SubmitAnswer;
    if (answer.kind === 'duplicate') {
      const place = await this.#placeOf(answer.transaction, attempt);
      return place === undefined ? undefined : committed(answer.transaction, place, true);
    }
    const outcome = await this.#ordered(endorsed);
    return outcome.valid ? committed(endorsed.transactionId, outcome, false) : undefined;
  }

  /** Where a transaction stands that was committed before; the block before the first one here for one that no block here has. */
  async #placeOf(transaction: string, attempt: number): Promise<CommitOutcome | undefined> {
    const place = await this.#peer.find(transaction);
    const before = this.#peer.before();
    if (place !== undefined || before === undefined || attempt < LATE_ATTEMPT) return place;
    return { ...before, valid: true };
  }

  async #pause(attempt: number): Promise<void> {
    const longest = Math.min(RETRY_MS * 2 ** attempt, MAX_RETRY_MS);
    await delay(longest / 2 + Math.random() * (longest / 2), undefined, { signal: this.#closing }).catch(
      () => undefined,
    );
    this.#assertOpen();
  }

  /** Endorsed, or why it was not when asking again may settle that. */
  async #endorsed(role: Role, { name, text }: Wanted): Promise<Endorsed | LedgerError> {
    try {
      return await this.#peer.endorse(role, name, text(this.#feed.height + 1));
    } catch (error) {
      if (error instanceof LedgerError) throw error;
      this.#assertOpen();
      const outcome = gatewayOutcome(error, this.#peer.mspId, 'endorsing');
      if (outcome.kind === 'disagreement') return outcome.error;
      throw outcome.error;
    }
  }

  /** Orders an endorsed transaction and waits for its block. The same bytes are sent until the orderers take them: sent twice, they count once. */
  async #ordered(endorsed: Endorsed): Promise<CommitOutcome> {
    const settled = new AbortController();
    const watched = this.#feed
      .watch(endorsed.transactionId, COMMIT_MS, this.#closing)
      .finally(() => settled.abort());
    const sent = this.#send(endorsed, settled.signal);
    const outcome = await watched;
    if (outcome !== undefined) return outcome;
    const refused = await sent;
    this.#assertOpen();
    const found = await this.#peer.find(endorsed.transactionId).catch(() => undefined);
    if (found !== undefined) return found;
    const why =
      refused === undefined ? 'no block has brought it' : `the orderers did not take it (${refused.message})`;
    throw new LedgerError('unknown-outcome', `${why} within ${COMMIT_MS / 1_000} s; send the same again`, {
      cause: refused,
    });
  }

  /** Undefined once the orderers took it; otherwise why they did not until `settled`. Never throws. */
  async #send(endorsed: Endorsed, settled: AbortSignal): Promise<LedgerError | undefined> {
    let why: LedgerError | undefined;
    while (!settled.aborted) {
      try {
        await endorsed.order();
        return undefined;
      } catch (error) {
        why = asTrouble(error, this.#peer.mspId);
      }
      await delay(ORDER_RETRY_MS, undefined, { signal: settled }).catch(() => undefined);
    }
    return why;
  }

  #assertOpen(): void {
    if (this.#closing.aborted)
      throw new LedgerError('unavailable', 'the ledger is closed; open it again', { reason: 'closed' });
  }
}

function asTrouble(error: unknown, mspId: string): LedgerError {
  try {
    return gatewayOutcome(error, mspId, 'ordering').error;
  } catch (cause) {
    return new LedgerError('unavailable', 'the transaction could not be sent; try again', { cause });
  }
}

/** What was committed before is found without waiting for a block. */
function telling(done: Committed | LedgerError | undefined): Telling {
  return done === undefined || done instanceof LedgerError || done.duplicate ? 'nothing' : 'committed';
}

function committed(transaction: string, { height, block }: CommitOutcome, duplicate: boolean): Committed {
  return { transaction, height, block, duplicate };
}
