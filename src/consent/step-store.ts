import type { Database } from '../database/index.ts';
import type { TransactionArgs } from '../ledger/index.ts';
import { canonicalize } from '../proof/index.ts';

/** Transactions of the consent contract. */
export type StepName =
  | 'grant'
  | 'replace'
  | 'revoke'
  | 'rebind'
  | 'proposeRebind'
  | 'veto'
  | 'completeRebind';

/** A step of a consent that this node has accepted and submits until it is final. */
export interface Step {
  readonly id: string;
  readonly sequence: number;
  readonly name: StepName;
  readonly args: TransactionArgs;
  /** The vault's event with the content of a grant or replacement. */
  readonly event?: string;
  /** Opaque id of who asked. */
  readonly actor: string;
}

interface Row {
  id: string;
  sequence: number;
  name: StepName;
  args: string;
  event: string | null;
  actor: string;
}

/** Steps on their way; each is durable when `put` returns. */
export class StepStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Accepts a step. False, and nothing is changed, when another content was accepted for it and is still on its way, or a revocation
   * of the consent, after which nothing comes; true also when this very step was.
   */
  put({ id, sequence, name, args, event, actor }: Step): boolean {
    return this.#database.transaction(() => {
      const known = this.of(id).find((step) => step.sequence === sequence && step.name === name);
      if (known !== undefined) return canonicalize(known.args) === canonicalize(args);
      if (name !== 'revoke' && this.isRevoking(id)) return false;
      this.#database
        .prepare(
          'INSERT INTO consent_steps (id, sequence, name, args, event, actor) VALUES (?, ?, ?, ?, ?, ?)',
        )
        .run(id, sequence, name, JSON.stringify(args), event ?? null, actor);
      return true;
    });
  }

  /** The step is final, one way or the other. */
  remove({ id, sequence, name }: Step): void {
    this.#database.transaction(() => {
      this.#database
        .prepare('DELETE FROM consent_steps WHERE id = ? AND sequence = ? AND name = ?')
        .run(id, sequence, name);
    });
  }

  /**
   * Gives a revocation another sequence, in one write: at no moment is it not there. Undefined, and it is gone, when another revocation is on
   * its way with that sequence, or this one is not on its way any more.
   */
  moveRevocation(step: Step, sequence: number): Step | undefined {
    const moved = { ...step, sequence, args: { ...step.args, sequence } };
    return this.#database.transaction(() => {
      const isTaken = this.of(step.id).some((each) => each.sequence === sequence && each.name === step.name);
      if (isTaken) {
        this.remove(step);
        return undefined;
      }
      const { changes } = this.#database
        .prepare('UPDATE consent_steps SET sequence = ?, args = ? WHERE id = ? AND sequence = ? AND name = ?')
        .run(sequence, JSON.stringify(moved.args), step.id, step.sequence, step.name);
      return changes === 0 ? undefined : moved;
    });
  }

  /** Steps of one consent, in order. */
  of(id: string): Step[] {
    return this.#database
      .prepare('SELECT * FROM consent_steps WHERE id = ? ORDER BY sequence, name')
      .all<Row>(id)
      .map(stepOf);
  }

  /** Every step on its way, consent by consent, in order. */
  all(): Step[] {
    return this.#database
      .prepare('SELECT * FROM consent_steps ORDER BY id, sequence, name')
      .all<Row>()
      .map(stepOf);
  }

  /** Whether a revocation of the consent was accepted here and is not final. */
  isRevoking(id: string): boolean {
    return this.of(id).some(({ name }) => name === 'revoke');
  }
}

function stepOf({ event, args, ...row }: Row): Step {
  return { ...row, args: JSON.parse(args), ...(event === null ? {} : { event }) };
}
