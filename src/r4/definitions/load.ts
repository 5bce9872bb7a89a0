import { readFileSync } from 'node:fs';

/** The text of `r4.ndjson` that lies beside this file: the only place of this room that touches the disk. */
export function readDefinitions(): string {
  return readFileSync(new URL('./r4.ndjson', import.meta.url), 'utf8');
}
