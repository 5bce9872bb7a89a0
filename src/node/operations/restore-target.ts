import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Database } from '../../database/index.ts';
import { NodeError } from '../errors.ts';

/** What may be in a folder before something is restored into it: keys, which no backup holds, and the lock. */
const IN_PLACE = /^(keyring|keys\.db(-wal|-shm)?|lock\.(db|db-journal|pid))$/;
const OWNER_ONLY = 0o600; // as every file of keys or records
const OWNER_ONLY_FOLDER = 0o700; // the same for folders

/** A folder that is being filled; what was put there is taken away again when it fails. */
export class RestoreTarget {
  readonly #created: string[] = [];

  /** Throws NodeError `input-unusable` unless the folder is empty but for keys. */
  constructor(folder: string) {
    if (!existsSync(folder)) return;
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
      (entry) => !entry.isDirectory(),
    );
    if (files.every(({ name }) => IN_PLACE.test(name))) return;
    throw new NodeError(
      'input-unusable',
      'The target is not empty: move what is there away, then give it as --keyring.',
    );
  }

  /** Makes the folder of a file and remembers the file. */
  place(path: string): string {
    mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER });
    this.#created.push(path);
    return path;
  }

  /** Copies a file, owner-only; one that is in place stays. */
  copy(from: string, to: string): void {
    if (existsSync(to)) return;
    copyFileSync(from, this.place(to));
    chmodSync(to, OWNER_ONLY);
  }

  /** Copies what a snapshot of a database sees. */
  async copyDatabase(from: Database, to: string): Promise<void> {
    await from.backup(this.place(to));
    chmodSync(to, OWNER_ONLY);
  }

  /** Takes away what was put there. */
  undo(): void {
    for (const path of this.#created.splice(0)) {
      const folder = dirname(path);
      if (!existsSync(folder)) continue;
      // Side files of a database too.
      for (const name of readdirSync(folder))
        if (name.startsWith(basename(path))) rmSync(join(folder, name), { force: true });
    }
  }
}
