import { concat, fromBase64, fromUtf8, toBase64, utf8 } from './bytes.ts';
import { verifyCosignature } from './cosignature.ts';
import { javascriptPrimitives, type Primitives, verifyEd25519 } from './crypto.ts';
import { ProofError } from './errors.ts';
import { ED25519_COSIGNATURE, ED25519_NOTE, isKeyName, type VerifierKey } from './verifier-key.ts';

/** Most signatures read from one note; the format asks for at least 16, the Go reference stops at 100 too. */
export const MAX_NOTE_SIGNATURES = 100;
/** Longest note read, in UTF-16 units or bytes: far above a checkpoint with 100 signatures, small enough to hold. */
export const MAX_NOTE_LENGTH = 1_000_000;

/** One signature line of a note. */
export interface NoteSignature {
  name: string;
  /** Unsigned 32 bits. */
  keyId: number;
  /** What follows the key id; its shape depends on the key's type. */
  signature: Uint8Array;
}

/** A signed note taken apart, nothing verified. */
export interface Note {
  /** The signed text, its final newline included. */
  text: string;
  signatures: readonly NoteSignature[];
}

/** Reads a signed note (C2SP signed-note, Format). Throws `malformed`, or `too-large` beyond the limits above. Verifies nothing. */
export function parseNote(note: string | Uint8Array): Note {
  if (note.length > MAX_NOTE_LENGTH) throw new ProofError('too-large', 'The note is too long.');
  const whole = typeof note === 'string' ? note : fromUtf8(note);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids exactly these
  if (!whole.isWellFormed() || /[\0-\x09\x0b-\x1f]/.test(whole))
    throw malformedNote('it holds control characters or is not Unicode');
  const split = whole.lastIndexOf('\n\n');
  if (split < 0) throw malformedNote('no empty line stands between text and signatures');
  const lines = whole.slice(split + 2).split('\n');
  if (lines.pop() !== '' || lines.length === 0)
    throw malformedNote('signature lines are missing or unfinished');
  if (lines.length > MAX_NOTE_SIGNATURES)
    throw new ProofError('too-large', 'The note has too many signatures.');
  return { text: whole.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line: string): NoteSignature {
  const [dash, name, encoded, ...rest] = line.split(' ');
  if (dash !== '—' || name === undefined || encoded === undefined || rest.length > 0 || !isKeyName(name)) {
    throw malformedNote('a signature line is not "— name base64"');
  }
  const bytes = fromBase64(encoded);
  if (bytes.length < 5) throw malformedNote('a signature is too short');
  return {
    name,
    keyId: new DataView(bytes.buffer, bytes.byteOffset).getUint32(0),
    signature: bytes.subarray(4),
  };
}

/** One signature line, newline included, for {@link formatNote}. */
export function formatSignatureLine(line: NoteSignature): string {
  const id = new Uint8Array(4);
  new DataView(id.buffer).setUint32(0, line.keyId);
  return `— ${line.name} ${toBase64(concat(id, line.signature))}\n`;
}

/** The signed note of a text and its signatures. Throws `malformed` when the result would not read back as the same. */
export function formatNote(note: Note): string {
  const whole = `${note.text}\n${note.signatures.map(formatSignatureLine).join('')}`;
  if (parseNote(whole).text !== note.text) throw malformedNote('the text does not end in a newline');
  return whole;
}

/** Verifies signatures of one name and key id over a note's text. */
export interface NoteVerifier {
  name: string;
  keyId: number;
  verify(text: Uint8Array, signature: Uint8Array): boolean;
}

/** The verifier of a key of type 0x01 or 0x04. Throws `unsupported` for ML-DSA-44 keys. */
export function noteVerifier(key: VerifierKey, primitives: Primitives = javascriptPrimitives): NoteVerifier {
  const { name, keyId, publicKey, type } = key;
  if (type === ED25519_NOTE) {
    return {
      name,
      keyId,
      verify: (text, signature) => verifyEd25519(publicKey, text, signature, primitives),
    };
  }
  if (type === ED25519_COSIGNATURE) {
    return {
      name,
      keyId,
      verify: (text, signature) => verifyCosignature(publicKey, text, signature, primitives) !== undefined,
    };
  }
  throw new ProofError('unsupported', 'ML-DSA-44 cosignatures are not verified by this version.');
}

/** A note whose known signatures have been verified. */
export interface OpenedNote {
  text: string;
  /** By the given verifiers, at most one each, in the note's order. */
  verified: readonly NoteSignature[];
  /** By other keys, each distinct line once. They prove nothing. */
  unverified: readonly NoteSignature[];
}

/**
 * Opens a note: verifies each signature whose name and key id are among `verifiers` and ignores the rest. Throws
 * `malformed`, `invalid-signature` when one of a known key does not verify (the note was altered, or someone forges),
 * and `no-verifiable-signature` when no known key signed.
 */
export function openNote(note: string | Uint8Array, verifiers: readonly NoteVerifier[]): OpenedNote {
  const { text, signatures } = parseNote(note);
  const bytes = utf8(text);
  const verified: NoteSignature[] = [];
  const unverified = new Map<string, NoteSignature>();
  const seen = new Set<NoteVerifier>();
  for (const signature of signatures) {
    const verifier = verifiers.find(
      (known) => known.name === signature.name && known.keyId === signature.keyId,
    );
    if (verifier === undefined) {
      unverified.set(formatSignatureLine(signature), signature);
    } else if (!seen.has(verifier)) {
      seen.add(verifier);
      if (!verifier.verify(bytes, signature.signature)) {
        throw new ProofError('invalid-signature', `The signature of ${signature.name} does not verify.`);
      }
      verified.push(signature);
    }
  }
  if (verified.length === 0)
    throw new ProofError('no-verifiable-signature', 'No known key signed this note.');
  return { text, verified, unverified: [...unverified.values()] };
}

function malformedNote(why: string): ProofError {
  return new ProofError('malformed', `Not a signed note: ${why}.`);
}
