import { fromBase64Url, fromUtf8, ProofError, toBase64Url, utf8 } from '../proof/index.ts';
import { VaultError } from './error.ts';

/** Numbers that say where a page ends; null where a row has no sort value. */
export type CursorValues = readonly (number | null)[];

/** An opaque cursor. It holds row ids and times: seal it before it leaves the node. */
export function encodeCursor(values: CursorValues): string {
  return toBase64Url(utf8(JSON.stringify(values)));
}

/** What {@link encodeCursor} encoded. Throws `VaultError` `malformed` for anything else. */
export function decodeCursor(text: string): CursorValues {
  try {
    const values: unknown = JSON.parse(fromUtf8(fromBase64Url(text)));
    const numbers = Array.isArray(values) && values.every((each) => each === null || Number.isFinite(each));
    if (numbers) return values;
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof ProofError)) throw cause;
  }
  throw new VaultError('malformed', 'This is no cursor of a page: start again from the first one.');
}
