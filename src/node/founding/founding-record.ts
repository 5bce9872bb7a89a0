import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Founding, parseFounding } from '../../identity/index.ts';
import { LedgerError } from '../../ledger/index.ts';
import { NodeError } from '../errors.ts';

/** The file in a data folder that says what this organisation signed as a founder. */
const FOUNDING_FILE = 'founding.json';

/** What this organisation signed, or as the first founder proposed; undefined when nothing. Throws NodeError `input-unusable`. */
export function readFounding(data: string): Founding | undefined {
  const path = join(data, FOUNDING_FILE);
  if (!existsSync(path)) return undefined;
  try {
    return parseFounding(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof LedgerError)) throw cause;
    throw new NodeError(
      'input-unusable',
      `${FOUNDING_FILE} cannot be read: put it back, or remove it when the ledger has not begun.`,
      { cause },
    );
  }
}

/** Keeps what is about to be signed: a founder signs one founding and no second one, whatever it restarts in. */
export function writeFounding(data: string, founding: Founding): void {
  const path = join(data, FOUNDING_FILE);
  writeFileSync(`${path}.partial`, `${JSON.stringify(founding)}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.partial`, path);
}
