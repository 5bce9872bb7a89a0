import type { Database } from '../database/index.ts';
import type { Block } from '../ledger/index.ts';
import { type ConsentState, consentKey } from './contract-state.ts';

const PREFIX = consentKey('');

/** The consents on the ledger as this node has seen them, durable; `apply` is a handler of the projection's blocks. */
export class ConsentLedgerView {
  readonly #database: Database;
  readonly #changed: (state: ConsentState) => void | Promise<void>;

  /** `changed` is told of every new state once it is durable. */
  constructor(database: Database, changed: (state: ConsentState) => void | Promise<void>) {
    this.#database = database;
    this.#changed = changed;
  }

  /** Height of the newest block applied; −1 before the first. Where the projection continues. */
  get height(): number {
    return this.#database.prepare('SELECT height FROM consent_view').get<{ height: number }>()?.height ?? -1;
  }

  /** A consent's state; undefined when no block seen has it. */
  state(id: string): ConsentState | undefined {
    const row = this.#database
      .prepare('SELECT state FROM consent_states WHERE id = ?')
      .get<{ state: string }>(id);
    return row === undefined ? undefined : JSON.parse(row.state);
  }

  /** Takes the writes of one block; taking it again changes nothing. */
  async apply(block: Block): Promise<void> {
    const states = block.transactions
      .filter(({ contract, valid }) => valid && contract === 'consent')
      .flatMap(({ writes }) => writes)
      .filter(({ contract, key }) => contract === 'consent' && key.startsWith(PREFIX))
      .map(({ value }) => JSON.parse(value) as ConsentState);
    this.#database.transaction(() => {
      for (const state of states) this.#store(state);
      this.#database
        .prepare(
          'INSERT INTO consent_view (one, height) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET height = max(height, ?1)',
        )
        .run(Number(block.height));
    });
    for (const state of states) await this.#changed(state);
  }

  #store(state: ConsentState): void {
    const known = this.state(state.id);
    if (known !== undefined && known.sequence > state.sequence) return;
    this.#database
      .prepare('INSERT OR REPLACE INTO consent_states (id, state) VALUES (?, ?)')
      .run(state.id, JSON.stringify(state));
  }
}
