import { fromBase64, toBase64 } from './bytes.ts';
import { type Checkpoint, parseCheckpoint, parseDecimal } from './checkpoint.ts';
import { ProofError } from './errors.ts';
import { HASH_BYTES, type Hash } from './hash.ts';
import { verifyInclusion } from './merkle/inclusion.ts';
import { MAX_NOTE_LENGTH, type NoteVerifier, openNote } from './note.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';

/** Longest inclusion path: a tree of 2^64 entries is 64 levels high. */
export const MAX_PATH_LENGTH = 64;
/** Longest proof text read: a full path, room for extra data, and the longest note. */
const MAX_PROOF_LENGTH = 2 * MAX_NOTE_LENGTH;

/** An offline proof that an entry is in a log (C2SP tlog-proof). */
export interface TlogProof {
  /** Opaque, not authenticated. Receipts have none. */
  extra?: Uint8Array;
  index: bigint;
  /** Sibling hashes from the leaf up. */
  hashes: readonly Hash[];
  /** The signed checkpoint, verbatim. */
  checkpoint: string;
}

/** Reads a proof text (C2SP tlog-proof, Format). Throws `unsupported` on another first line, `malformed`, `too-large`. Verifies nothing. */
export function parseTlogProof(text: string): TlogProof {
  if (text.length > MAX_PROOF_LENGTH) throw new ProofError('too-large', 'The proof is too long.');
  const split = text.indexOf('\n\n');
  const [header, ...lines] = text.slice(0, split < 0 ? 0 : split).split('\n');
  if (header !== HEADER) {
    throw new ProofError(
      'unsupported',
      `A proof starts with the line ${HEADER} and has an empty line before its checkpoint.`,
    );
  }
  const extra = lines[0]?.startsWith('extra ')
    ? fromBase64(lines.shift()?.slice('extra '.length) ?? '')
    : undefined;
  const indexLine = lines.shift() ?? '';
  const index = indexLine.startsWith('index ') ? parseDecimal(indexLine.slice('index '.length)) : undefined;
  if (index === undefined) throw malformedProof('the index line is missing or not a decimal');
  if (lines.length > MAX_PATH_LENGTH) throw new ProofError('too-large', 'The proof has too many hashes.');
  const hashes = lines.map(fromBase64);
  if (hashes.some((hash) => hash.length !== HASH_BYTES)) throw malformedProof('a hash is not 32 bytes');
  return { ...(extra && { extra }), index, hashes, checkpoint: text.slice(split + 2) };
}

/** The text of a proof. Throws `too-large` on a path that no tree has. */
export function formatTlogProof(proof: {
  extra?: Uint8Array;
  index: bigint | number;
  hashes: readonly Hash[];
  checkpoint: string;
}): string {
  if (proof.hashes.length > MAX_PATH_LENGTH)
    throw new ProofError('too-large', 'The proof has too many hashes.');
  const extra = proof.extra === undefined ? [] : [`extra ${toBase64(proof.extra)}`];
  return [HEADER, ...extra, `index ${proof.index}`, ...proof.hashes.map(toBase64), '', proof.checkpoint].join(
    '\n',
  );
}

/**
 * Verifies a proof against one log's key: its signature on the checkpoint, origin equal to the key's name, and the path
 * from `leafHash` to the root. Returns the checkpoint. Throws as {@link openNote}, `malformed`, or `invalid-proof`. It does
 * not ask for witnesses: that takes a policy.
 */
export function verifyTlogProof(text: string, leafHash: Hash, log: NoteVerifier): Checkpoint {
  const proof = parseTlogProof(text);
  const checkpoint = parseCheckpoint(openNote(proof.checkpoint, [log]).text);
  if (checkpoint.origin !== log.name)
    throw new ProofError('invalid-proof', 'The checkpoint is of another log.');
  const isIncluded = verifyInclusion({
    leafIndex: proof.index,
    treeSize: checkpoint.size,
    leafHash,
    proof: proof.hashes,
    root: checkpoint.root,
  });
  if (!isIncluded)
    throw new ProofError('invalid-proof', 'The path does not lead from the entry to the root.');
  return checkpoint;
}

function malformedProof(why: string): ProofError {
  return new ProofError('malformed', `Not a tlog proof: ${why}.`);
}
