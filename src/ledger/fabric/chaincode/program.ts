import { nativePrimitives } from '../../../crypto/index.ts';
import { canonicalize, ProofError, transactionDigest } from '../../../proof/index.ts';
import { LedgerError, reject } from '../../error.ts';
import type { Contract } from '../../kit/contract.ts';
import { ContractSet } from '../../kit/contract-set.ts';
import { ask, execute } from '../../kit/execute.ts';
import { contractKey, LEDGER_KEY, type LedgerState, MEMBERSHIP, memberKey } from '../../kit/member-state.ts';
import { decodeState } from '../../kit/state-value.ts';
import type { LedgerEvent, Write } from '../../ledger.ts';
import { FUNCTION, parseQueryRequest, parseTransactionRequest, type SubmitAnswer } from '../invocation.ts';
import { stateKey } from '../state-key.ts';
import { type Submitter, submitterOf } from '../submitter.ts';
import { completeReads, type StateSource } from './complete-reads.ts';

/** How far a claimed time may be ahead of an endorser's clock: receipts flag the same distance. */
const MAX_TIME_AHEAD_MS = 5 * 60_000;
/**
 * How far the height a submitter claims may be from the endorser's own, either way. Peers differ by a few blocks while blocks
 * are under way; beyond that one of the two does not follow the channel, and rights that depend on a height would be at its choice.
 */
const MAX_HEIGHT_DISTANCE = 32;

/** One invocation, as the peer hands it to the chaincode. */
export interface Invocation extends StateSource {
  readonly transactionId: string;
  readonly mspId: string;
  /** The submitter's certificate, PEM. */
  readonly certificate: Uint8Array;
  readonly args: readonly string[];
  /** Number of blocks the peer has committed: the number of the next. */
  blocks(): Promise<number>;
  put(key: string, value: string): Promise<void>;
  emit(payload: string): void;
}

/** What the program answers: the endorsed payload, or a refusal which no peer endorses. */
export type Reply =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly refusal: string };

/** What the program needs besides contracts. */
export interface ProgramOptions {
  readonly contracts: readonly Contract[];
  /** `<semver>+<hash>` of this very code. */
  readonly version: string;
  /** The endorser's clock; decides only refusals, never what is written. */
  readonly now?: () => Date;
  /** Where a broken invariant is reported; the submitter learns only that there was one. */
  readonly report?: (error: unknown) => void;
}

/** The chaincode: all contracts in one program. What it writes follows from state, arguments and submitter alone. */
export class ChaincodeProgram {
  readonly #contracts: ContractSet;
  readonly #options: ProgramOptions;

  /** As `ContractSet`. */
  constructor(options: ProgramOptions) {
    this.#contracts = new ContractSet(options.contracts);
    this.#options = options;
  }

  /** Answers one invocation; never throws. */
  async invoke(invocation: Invocation): Promise<Reply> {
    try {
      return { ok: true, payload: canonicalize(await this.#answer(invocation)) };
    } catch (error) {
      return { ok: false, refusal: refusalText(this.#known(error)) };
    }
  }

  #known(error: unknown): LedgerError {
    if (error instanceof LedgerError) return error;
    if (error instanceof ProofError)
      return new LedgerError('rejected', 'the request or certificate is malformed', { reason: 'malformed' });
    this.#options.report?.(error);
    const sentence = 'the contract broke an invariant and changed nothing; report it to its maker';
    return new LedgerError('rejected', sentence, { reason: 'broken-invariant' });
  }

  async #answer(invocation: Invocation): Promise<unknown> {
    const [name, text, ...others] = invocation.args;
    if (name === FUNCTION.about && text === undefined) return this.#about(invocation);
    if (text === undefined || others.length > 0)
      reject('malformed', 'a request is one function and one text');
    const submitter = submitterOf(invocation.mspId, invocation.certificate);
    if (name === FUNCTION.query) return { answer: (await this.#query(invocation, text)) ?? null };
    if (name === FUNCTION.submit) return this.#submit(invocation, text, submitter);
    reject('malformed', 'the chaincode has no such function');
  }

  async #about(invocation: Invocation): Promise<unknown> {
    const ledger = await invocation.get(stateKey(MEMBERSHIP, LEDGER_KEY));
    const id = ledger === undefined ? undefined : (decodeState(ledger) as LedgerState).id;
    return { version: this.#options.version, ...(id === undefined ? {} : { ledger: id }) };
  }

  async #query(invocation: Invocation, text: string): Promise<unknown> {
    const question = parseQueryRequest(text);
    const height = await invocation.blocks();
    const first = [{ contract: MEMBERSHIP, key: contractKey(question.contract) }];
    return completeReads(invocation, first, (state) => ask(this.#contracts, state, height, question));
  }

  async #submit(invocation: Invocation, text: string, submitter: Submitter): Promise<SubmitAnswer> {
    const request = parseTransactionRequest(text);
    const { contract, name, args, time, height } = request;
    const now = this.#options.now?.() ?? new Date();
    if (Date.parse(time) > now.getTime() + MAX_TIME_AHEAD_MS)
      reject('time-ahead', 'the time is ahead of the endorsers’ clocks; set the clock');
    const blocks = await invocation.blocks();
    if (Math.abs(blocks - height) > MAX_HEIGHT_DISTANCE) {
      const sentence = `the submitter stands at block ${height} and the endorser at ${blocks}; wait until both follow the channel`;
      throw new LedgerError('unavailable', sentence, { reason: 'height' });
    }
    const first = [LEDGER_KEY, contractKey(contract), memberKey(submitter.organisation)];
    const transaction = {
      ...{ id: invocation.transactionId, contract, name, args, time },
      digest: transactionDigest(contract, name, args),
    };
    const outcome = await completeReads(
      invocation,
      first.map((key) => ({ contract: MEMBERSHIP, key })),
      (state) => {
        const isGenesis = state.get(MEMBERSHIP, LEDGER_KEY) === undefined;
        const done = execute({
          ...{
            contracts: this.#contracts,
            state,
            primitives: nativePrimitives,
            height,
            transaction,
            submitter,
          },
        });
        if (isGenesis && done.kind === 'applied') assertFounder(done.writes, submitter);
        return done;
      },
    );
    if (outcome.kind === 'duplicate') return outcome;
    await record(invocation, outcome.writes, outcome.events);
    return { kind: 'applied' };
  }
}

/** The genesis brings the members that may submit it: its submitter is checked against what it writes. */
function assertFounder(writes: readonly Write[], { organisation }: Submitter): void {
  const key = memberKey(organisation);
  if (!writes.some((write) => write.contract === MEMBERSHIP && write.key === key))
    reject('not-a-member', 'a genesis is submitted by one of its founders');
}

async function record(
  invocation: Invocation,
  writes: readonly Write[],
  events: readonly LedgerEvent[],
): Promise<void> {
  await Promise.all(writes.map(({ contract, key, value }) => invocation.put(stateKey(contract, key), value)));
  if (events.length > 0) invocation.emit(canonicalize(events));
}

/** A refusal as text that the submitter's engine reads back. */
export function refusalText({ code, reason, message }: LedgerError): string {
  return canonicalize({ code, message, ...(reason === undefined ? {} : { reason }) });
}
