import type { Committed, Ledger } from '../ledger/index.ts';
import { LedgerError } from '../ledger/index.ts';
import {
  consistencyProof,
  cosignatureTime,
  equalBytes,
  fromBase64,
  type NoteSignature,
  parseLogOrigin,
  parseSignedCheckpoint,
  type TrustPolicy,
  toBase64,
} from '../proof/index.ts';
import type { Alarms } from './alarm.ts';
import type { Anchor } from './contract.ts';
import type { CosignedCheckpoint } from './cosigned-checkpoints.ts';
import { LogError } from './errors.ts';
import type { OrganisationLog } from './organisation-log.ts';

/** Attempts at one anchor: a change of membership, a lost answer and another submitter of ours may each cost one. */
const MAX_ATTEMPTS = 4;
/** Time and signature of a cosignature. */
const TIME_BYTES = 8;

/** What anchoring works with. */
export interface AnchoringOptions {
  readonly log: OrganisationLog;
  /** The ledger as this organisation submits to it. */
  readonly ledger: Ledger;
  /** The policy of this log now, as given to `openLog`; undefined before the ledger was seen. */
  readonly policy: () => TrustPolicy | undefined;
  readonly alarms: Alarms;
}

/** Puts this organisation's newest cosigned head on the ledger. */
export class Anchoring {
  readonly #options: AnchoringOptions;
  readonly #generation: number;
  #running: Promise<Anchor | undefined> | undefined;
  #anchoredSize = 0;

  constructor(options: AnchoringOptions) {
    this.#options = options;
    const origin = parseLogOrigin(options.log.origin);
    if (origin === undefined)
      throw new LogError('malformed', 'The log is not named by an origin of FORMATS §3.');
    this.#generation = origin.generation;
  }

  /** The newest anchor of this log on the ledger; undefined when there is none. Throws `LedgerError`. */
  async anchored(): Promise<Anchor | undefined> {
    const { ledger, log } = this.#options;
    const anchor = (await ledger.query('anchors', 'head', { origin: log.origin })) as Anchor | null;
    this.#anchoredSize = anchor?.size ?? 0;
    return anchor ?? undefined;
  }

  /**
   * Publishes what was appended before and anchors it; returns the anchor that covers it, or undefined while no quorum has
   * cosigned. For revocations and erasures, which must not wait for the next round. Sending twice, a lost answer and a
   * crash between submission and answer all end in one anchor. Throws `LedgerError` `unavailable` when the ledger cannot
   * finish, and `forked` when the ledger holds a head that contradicts this log.
   */
  async anchorNow(): Promise<Anchor | undefined> {
    const before = this.#options.log.size();
    // One at a time: two would take the same sequence and one of them be refused.
    while (this.#running !== undefined) await this.#running.catch(() => undefined);
    this.#running = this.#anchor(before);
    try {
      return await this.#running;
    } finally {
      this.#running = undefined;
    }
  }

  /** Anchors if anything was appended since the last anchor that this object has seen; what a background loop calls. */
  async anchorIfNew(): Promise<Anchor | undefined> {
    if (this.#options.log.size() <= this.#anchoredSize) return undefined;
    return this.anchorNow();
  }

  async #anchor(size: number): Promise<Anchor | undefined> {
    const { log, policy } = this.#options;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      await log.publish();
      const last = await this.anchored();
      if (last !== undefined) this.#assertOwn(last);
      const head = log.cosigned();
      const current = policy();
      if (last !== undefined && last.size >= Math.max(size, 1)) return last;
      if (head === undefined || current === undefined || head.size < size) return undefined;
      // Cosigned under an older policy: the next publication collects anew.
      if (head.policy !== current.header?.version) continue;
      if (last !== undefined && head.size <= last.size) return last;
      if ((await this.#submit(head, current, last)) !== undefined) return this.anchored();
    }
    return undefined;
  }

  /** Submits one anchor; undefined when the world has moved on and it is to be looked at again. */
  async #submit(
    head: CosignedCheckpoint,
    policy: TrustPolicy,
    last: Anchor | undefined,
  ): Promise<Committed | undefined> {
    const { ledger, log } = this.#options;
    const { checkpoint, note } = parseSignedCheckpoint(head.note);
    const [own] = note.signatures.filter(({ name }) => name === log.origin);
    if (own === undefined) throw new LogError('not-configured', 'The checkpoint lacks its log signature.');
    const consistency = last === undefined ? [] : consistencyProof(last.size, head.size, log.nodeAt);
    try {
      return await ledger.submit({
        contract: 'anchors',
        name: 'append',
        args: {
          generation: this.#generation,
          sequence: (last?.sequence ?? 0) + 1,
          size: head.size,
          root: toBase64(checkpoint.root),
          consistency: consistency.map(toBase64),
          signature: toBase64(own.signature),
          cosignatures: cosignaturesOf(note.signatures, policy),
          policy: head.policy,
        },
      });
    } catch (error) {
      if (isWorthAnotherLook(error)) return undefined;
      throw error;
    }
  }

  /** An anchor of this log that this log cannot have made: its key is in other hands, or its database is not the newest. */
  #assertOwn(anchor: Anchor): void {
    const { log, alarms } = this.#options;
    if (anchor.size > log.treeSize()) return; // recovery will find out, from the members' mirrors
    const root = fromBase64(anchor.root);
    if (equalBytes(log.rootAt(anchor.size), root)) return;
    const detail = `The ledger holds a head of size ${anchor.size} that this log's own entries contradict.`;
    alarms.raise({ code: 'fork', origin: log.origin, size: anchor.size, root, detail });
    throw new LogError('forked', 'The ledger holds another history of this log. Look at its alarms.');
  }
}

function cosignaturesOf(lines: readonly NoteSignature[], policy: TrustPolicy) {
  return lines.flatMap((line) => {
    for (const [organisation, key] of policy.witnesses) {
      const time = cosignatureTime(line.signature);
      if (key.name !== line.name || key.keyId !== line.keyId || time === undefined) continue;
      return [{ organisation, time, signature: toBase64(line.signature.subarray(TIME_BYTES)) }];
    }
    return [];
  });
}

/** A changed membership, a sequence taken meanwhile, or an answer that was lost: reading the ledger tells. */
function isWorthAnotherLook(error: unknown): boolean {
  if (!(error instanceof LedgerError)) return false;
  if (error.code === 'conflict' || error.code === 'unknown-outcome') return true;
  return error.code === 'rejected' && (error.reason === 'policy-version' || error.reason === 'not-newer');
}
