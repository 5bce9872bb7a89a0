import type { SignedContinuation } from '../continuation/continuation.ts';
import { isCarried, type StateHash, StateTree } from '../continuation/state-tree.ts';
import { LedgerError } from '../error.ts';
import type { Committed, Write } from '../ledger.ts';
import {
  carryText,
  continueText,
  MAX_CARRY_BYTES,
  MAX_CARRY_VALUES,
  type StateAnswer,
  stateText,
} from './carry-request.ts';
import { FUNCTION } from './invocation.ts';

/** Room for what stands around the values of a part. */
const FRAME_BYTES = 1_024; // the names of its members, a number, a time
/** How often a part is offered again whose end is not known. */
const MAX_TRIES = 3; // each waits half a minute by itself

/** How a channel is asked and told, as its organisation's administrator. */
export interface CarrySource {
  ask(name: string, ...args: readonly string[]): Promise<string>;
  submit(name: string, text: string): Promise<Committed>;
  readonly now: () => Date;
}

/** Where a ledger that is to go on in a channel stands. */
export interface CarryProgress {
  /** Values carried so far. */
  readonly carried: number;
  /** The ledger's id once it has begun here. */
  readonly ledger?: string;
  /** The statement with which it went on; absent before, and on a ledger that began here. */
  readonly continuation?: SignedContinuation;
}

/** Brings the state of a ledger that was closed on another engine into a channel made to continue it. */
export class CarriedLedger {
  readonly #source: CarrySource;

  /** Nothing is asked or told yet. */
  constructor(source: CarrySource) {
    this.#source = source;
  }

  /** How far it is. Throws `LedgerError` `unavailable`. */
  async progress(): Promise<CarryProgress> {
    const about = JSON.parse(await this.#source.ask(FUNCTION.about)) as Partial<CarryProgress>;
    return { ...about, carried: about.carried ?? 0 };
  }

  /**
   * Carries the values of a state, in their order, from where an earlier run ended. `tell` hears how many are there. Throws
   * `LedgerError`: `conflict` `begun` when the ledger has begun here, `rejected` `begins-here` on a channel that continues none.
   */
  async carry(state: readonly Write[], tell: (carried: number) => void): Promise<void> {
    let tries = 0;
    for (let from = (await this.progress()).carried; from < state.length; ) {
      const values = partOf(state, from);
      try {
        const time = this.#source.now().toISOString();
        await this.#source.submit(FUNCTION.carry, carryText({ from, values, time }));
        from += values.length;
        tries = 0;
      } catch (error) {
        // Whether it came through or another run was faster, the ledger says.
        if (!(error instanceof LedgerError) || !passes(error) || ++tries > MAX_TRIES) throw error;
        from = (await this.progress()).carried;
      }
      tell(from);
    }
  }

  /** Begins the ledger on what was carried. Throws `LedgerError`: `rejected` `state-differs`, `not-signed`, `other-channel`, `not-a-member`. */
  begin(continuation: SignedContinuation): Promise<Committed> {
    return this.#source.submit(
      FUNCTION.continue,
      continueText({ continuation, time: this.#source.now().toISOString() }),
    );
  }

  /** The whole state as the own peer has it, page by page: blocks that come meanwhile show in later pages. */
  async *state(): AsyncGenerator<Write, undefined, undefined> {
    for (let after = ''; ; ) {
      const answer = await this.#source.ask(FUNCTION.state, stateText({ after }));
      const { values } = JSON.parse(answer) as StateAnswer;
      for (const [contract, key, value] of values) yield { contract, key, value };
      const last = values.at(-1);
      if (last === undefined) return;
      after = `${last[0]}/${last[1]}`;
    }
  }

  /** The hash of the state as the own peer has it. */
  async stateHash(): Promise<StateHash> {
    const tree = new StateTree();
    for await (const write of this.state()) if (isCarried(write)) tree.add(write);
    return tree.hash();
  }
}

/** What is asked again: nobody can tell how it ended, or somebody else carries too. */
function passes({ code, reason }: LedgerError): boolean {
  return (
    code === 'unavailable' || code === 'unknown-outcome' || reason === 'carried' || reason === 'contended'
  );
}

/** As many of the next values as fit one part; at least one. */
function partOf(state: readonly Write[], from: number): Write[] {
  const values: Write[] = [];
  let sizeBytes = FRAME_BYTES;
  for (const write of state.slice(from, from + MAX_CARRY_VALUES)) {
    sizeBytes += write.contract.length + write.key.length + write.value.length + 16; // quotes, commas, brackets
    if (values.length > 0 && sizeBytes > MAX_CARRY_BYTES) break;
    values.push(write);
  }
  return values;
}
