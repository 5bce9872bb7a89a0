import { fromBase64, toBase64 } from './bytes.ts';
import { ProofError } from './errors.ts';
import { HASH_BYTES, type Hash } from './hash.ts';
import { type Note, parseNote } from './note.ts';

/** A log's tree head: which log, how many entries, which root. */
export interface Checkpoint {
  origin: string;
  size: bigint;
  root: Hash;
  /** Lines after the root, opaque; Holdfast writes none. */
  extensions: readonly string[];
}

/** Largest tree size that fits the format's 64 bits. */
const MAX_SIZE = 2n ** 64n - 1n;

/** Reads an ASCII decimal without leading zeroes, up to 2^64 − 1; undefined for anything else. */
export function parseDecimal(text: string): bigint | undefined {
  if (!/^(0|[1-9][0-9]{0,19})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value <= MAX_SIZE ? value : undefined;
}

/**
 * Reads a checkpoint's text: the part of a note before the empty line, final newline included (C2SP tlog-checkpoint, Note
 * text). Throws `malformed` also on roots that are not 32 bytes and on empty extension lines.
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, sizeText, rootText, ...extensions] = text.split('\n');
  if (extensions.pop() !== '') throw malformedCheckpoint('its last line has no newline');
  if (origin === undefined || origin === '' || sizeText === undefined || rootText === undefined) {
    throw malformedCheckpoint('it needs origin, size and root');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a note's text holds none (C2SP signed-note)
  if (extensions.includes('') || !text.isWellFormed() || /[\0-\x09\x0b-\x1f]/.test(text)) {
    throw malformedCheckpoint('an extension line is empty or a character is not allowed');
  }
  const size = parseDecimal(sizeText);
  if (size === undefined) throw malformedCheckpoint('the size is not a decimal below 2^64');
  const root = fromBase64(rootText);
  if (root.length !== HASH_BYTES) throw malformedCheckpoint('the root is not 32 bytes');
  return { origin, size, root, extensions };
}

/** The text of a checkpoint, final newline included: what logs and witnesses sign. Throws `malformed` when it would not read back. */
export function formatCheckpoint(checkpoint: {
  origin: string;
  size: bigint | number;
  root: Hash;
  extensions?: readonly string[];
}): string {
  const { origin, size, root, extensions = [] } = checkpoint;
  const text = [origin, String(size), toBase64(root), ...extensions, ''].join('\n');
  const read = parseCheckpoint(text);
  if (read.origin !== origin || read.extensions.length !== extensions.length) {
    throw malformedCheckpoint('origin or extension holds a newline');
  }
  return text;
}

/** A checkpoint with the note that carries it, nothing verified. */
export interface SignedCheckpoint {
  checkpoint: Checkpoint;
  note: Note;
}

/** Reads a signed checkpoint. Throws `malformed` or `too-large`. Verifies nothing. */
export function parseSignedCheckpoint(text: string | Uint8Array): SignedCheckpoint {
  const note = parseNote(text);
  return { checkpoint: parseCheckpoint(note.text), note };
}

function malformedCheckpoint(why: string): ProofError {
  return new ProofError('malformed', `Not a checkpoint: ${why}.`);
}
