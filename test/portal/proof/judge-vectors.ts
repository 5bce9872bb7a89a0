import {
  fromBase64,
  fromHex,
  leafHash,
  noteVerifier,
  parseVerifierKey,
  utf8,
  VerificationCache,
  verifyConsistency,
  verifyEd25519,
  verifyInclusion,
  verifyReceipt,
  verifySubtreeConsistency,
  verifySubtreeInclusion,
  verifyTlogProof,
} from '../../../src/proof/index.ts';

/** Published cases as texts, and receipts of our own. Runs unchanged in Node and in a browser. */
export interface Vectors {
  /** JSON of each case by kind: inclusion, consistency, subtreeinclusion, subtreeconsistency. */
  readonly merkle: Readonly<Record<string, readonly string[]>>;
  readonly tlogProof: string;
  readonly ed25519: string;
  readonly receipts: { readonly policy: string; readonly content: string; readonly texts: readonly string[] };
}

/** What proof says of every case, in order: accepted or refused; receipts with their codes. */
export interface Judgement {
  readonly merkle: Readonly<Record<string, readonly boolean[]>>;
  readonly tlogProof: readonly boolean[];
  readonly ed25519: readonly boolean[];
  readonly receipts: readonly string[];
}

interface MerkleCase {
  readonly [size: string]: number | bigint;
}
interface MerkleHashes {
  readonly leafHash: string;
  readonly root: string;
  readonly root1: string;
  readonly root2: string;
  readonly proof: readonly string[] | null;
}

type Reviver = (name: string, value: unknown, context: { source: string }) => unknown;
/** Sizes reach beyond 2^53: JSON.parse alone would round them. */
const parseExactly = (text: string): unknown =>
  (JSON.parse as (text: string, reviver: Reviver) => unknown)(text, (_name, value, { source }) =>
    typeof value === 'number' && Number.isInteger(value) ? BigInt(source) : value,
  );

type Verifier = (sizes: MerkleCase, hashes: MerkleHashes, proof: Uint8Array[]) => boolean;
const size = (value: number | bigint | undefined, otherwise: number | bigint = 0): bigint =>
  BigInt(value ?? otherwise);

const verifiers: Record<string, Verifier> = {
  inclusion: ({ leafIdx, treeSize }, hashes, proof) =>
    verifyInclusion({
      leafIndex: size(leafIdx),
      treeSize: size(treeSize),
      leafHash: fromBase64(hashes.leafHash),
      proof,
      root: fromBase64(hashes.root),
    }),
  consistency: ({ size1, size2 }, hashes, proof) =>
    verifyConsistency({
      size1: size(size1),
      size2: size(size2),
      root1: fromBase64(hashes.root1),
      root2: fromBase64(hashes.root2),
      proof,
    }),
  subtreeinclusion: ({ leafIdx, start, end, treeSize }, hashes, proof) =>
    verifySubtreeInclusion({
      leafIndex: size(leafIdx),
      start: size(start),
      end: size(end, treeSize),
      leafHash: fromBase64(hashes.leafHash),
      proof,
      subtreeRoot: fromBase64(hashes.root),
    }),
  subtreeconsistency: ({ start, end, size: treeSize }, hashes, proof) =>
    verifySubtreeConsistency({
      start: size(start),
      end: size(end),
      treeSize: size(treeSize),
      subtreeRoot: fromBase64(hashes.root1),
      root: fromBase64(hashes.root2),
      proof,
    }),
};

function judgeMerkle(kind: string, text: string): boolean {
  const vector = parseExactly(text) as MerkleCase & MerkleHashes;
  return verifiers[kind]?.(vector, vector, (vector.proof ?? []).map(fromBase64)) ?? false;
}

function accepts(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

function judgeTlogProofs(text: string): boolean[] {
  const vectors = JSON.parse(text) as { leafDataUtf8: string; vkey: string; proof: string }[];
  return vectors.map(({ leafDataUtf8, vkey, proof }) =>
    accepts(() => verifyTlogProof(proof, leafHash(utf8(leafDataUtf8)), noteVerifier(parseVerifierKey(vkey)))),
  );
}

function judgeSignatures(text: string): boolean[] {
  const vectors = JSON.parse(text) as { key: string; msg: string; sig: string }[];
  return vectors.map(({ key, msg, sig }) => verifyEd25519(fromHex(key), utf8(msg), fromHex(sig)));
}

function judgeReceipts({ policy, content, texts }: Vectors['receipts']): string[] {
  const cache = new VerificationCache();
  return texts.map((text) => {
    const verdict = verifyReceipt(text, { policies: [policy], content, cache });
    return verdict.ok ? 'ok' : verdict.code;
  });
}

/** Judges every case. */
export function judge(vectors: Vectors): Judgement {
  return {
    merkle: Object.fromEntries(
      Object.entries(vectors.merkle).map(([kind, texts]) => [
        kind,
        texts.map((text) => judgeMerkle(kind, text)),
      ]),
    ),
    tlogProof: judgeTlogProofs(vectors.tlogProof),
    ed25519: judgeSignatures(vectors.ed25519),
    receipts: judgeReceipts(vectors.receipts),
  };
}
