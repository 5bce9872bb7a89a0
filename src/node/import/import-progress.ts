import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What a finished file came to. */
export interface FinishedFile {
  readonly stored: number;
  readonly unchanged: number;
}

/** A line: a file's fingerprint and its counts. */
const LINE = /^([0-9a-f]{64}) (\d+) (\d+)$/;

/**
 * Which files of an import are done, for one that is interrupted: a file per set of sources and target, in which no name of
 * a source stands. It may get lost: then everything is read again, and nothing is stored twice.
 */
export class ImportProgress {
  readonly #path: string;
  readonly #finished = new Map<string, FinishedFile>();

  /** Reads what an interrupted import of the same sources to the same target has left. */
  constructor(
    folder: string,
    import_: { readonly target: string; readonly paths: readonly string[]; readonly storeBundles: boolean },
  ) {
    const { target, paths, storeBundles } = import_;
    const identity = [target, String(storeBundles), ...paths.map((path) => resolve(path)).sort()].join('\n');
    this.#path = join(folder, createHash('sha256').update(identity).digest('hex'));
    for (const line of linesOf(this.#path)) {
      const [, fingerprint, stored, unchanged] = LINE.exec(line) ?? [];
      if (fingerprint !== undefined)
        this.#finished.set(fingerprint, { stored: Number(stored), unchanged: Number(unchanged) });
    }
  }

  /** What a file came to before; undefined when it was not finished. */
  finished(fingerprint: string): FinishedFile | undefined {
    return this.#finished.get(fingerprint);
  }

  /** Notes that everything in a file is stored. Where that cannot be written, it is not: the next run reads it again. */
  finish(fingerprint: string, { stored, unchanged }: FinishedFile): void {
    try {
      mkdirSync(join(this.#path, '..'), { recursive: true, mode: 0o700 });
      appendFileSync(this.#path, `${fingerprint} ${stored} ${unchanged}\n`, { mode: 0o600 });
    } catch {
      // Resuming is a convenience: the import itself goes on.
    }
  }

  /** The import is complete: the next one begins anew. */
  clear(): void {
    rmSync(this.#path, { force: true });
  }
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}
