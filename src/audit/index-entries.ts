import type { IndexEntry } from '../r4/index.ts';

/** The index entries of one AuditEvent under way. A release may name twenty thousand patients: what is there already is not looked for one by one. */
export class IndexEntries {
  readonly all: IndexEntry[] = [];
  readonly #known = new Set<string>();

  push(entry: IndexEntry): void {
    this.all.push(entry);
  }

  /** Whether an entry of this key was added before; from now on it was. */
  isKnown(key: string): boolean {
    const { size } = this.#known;
    return this.#known.add(key).size === size;
  }
}
