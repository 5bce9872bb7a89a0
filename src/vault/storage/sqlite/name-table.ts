import type { Database, Statement } from '../../../database/index.ts';
import { type Blind, blindBytes, blindOf } from '../../blind-index/blind-key.ts';

/** Blind names of resources, both ways. */
export class NameTable {
  readonly #database: Database;
  readonly #insert: Statement;
  readonly #rid: Statement;
  readonly #name: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#insert = database.prepare('INSERT INTO vault_names VALUES (?, ?)');
    this.#rid = database.prepare('SELECT rid FROM vault_names WHERE name = ?');
    this.#name = database.prepare('SELECT name FROM vault_resources WHERE rid = ?');
  }

  /** Adds a name that is not there yet. */
  add(name: Blind, rid: number): void {
    this.#insert.run(blindBytes(name), rid);
  }

  /** The row of a name; undefined when there is none. */
  rid(name: Blind): number | undefined {
    return this.#rid.get<{ rid: number }>(blindBytes(name))?.rid;
  }

  /** The name of a row; undefined when there is none. */
  name(rid: number): Blind | undefined {
    const row = this.#name.get<{ name: Uint8Array }>(rid);
    return row === undefined ? undefined : blindOf(row.name);
  }

  /** Every name. */
  *each(): Generator<{ name: Blind; rid: number }, undefined, undefined> {
    const rows = this.#database
      .prepare('SELECT name, rid FROM vault_names')
      .iterate<{ name: Uint8Array; rid: number }>();
    for (const { name, rid } of rows) yield { name: blindOf(name), rid };
  }
}
