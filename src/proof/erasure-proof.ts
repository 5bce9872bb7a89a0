import { ProofError } from './errors.ts';
import { canonicalize } from './jcs.ts';
import { integerOf, malformed, objectOf, textOf } from './json-shape.ts';
import { parseJsonKeepingDigits } from './json-text.ts';
import { type LedgerEvidence, parseLedgerEvidence, transactionDigest } from './ledger-evidence.ts';
import { verifyLedgerEvidence } from './ledger-verifier.ts';
import { formatReceipt, parseReceipt, type Receipt } from './receipt.ts';
import { FAILURE_MESSAGES, type ReceiptRefused, type ReceiptVerdict } from './verdict.ts';
import { type VerifyOptions, verifyReceipt } from './verifier.ts';

/** Names the format of a proof that something was erased. */
export const ERASURE_PROOF_TYPE = 'holdfast/erasure-proof/v1';
/** Keys that one erasure destroys: those of one patient, or of one record in every compartment. */
const MAX_KEYS = 1_000; // a record shared by a thousand patients

const KEY_ID = /^[0-9a-f]{32}$/;

/** A destroyed key's transaction on the ledger. */
export interface KeyEvidence {
  /** Arguments of `anchors.eraseKey`. */
  readonly id: string;
  readonly sequence: number;
  readonly evidence: LedgerEvidence;
}

/** Why an outsider should believe that something is gone: the tombstone, its log entry, and each key on the ledger. */
export interface ErasureProof {
  readonly receipt: Receipt;
  /** The tombstone's JSON text: the content of the receipt's event. */
  readonly tombstone: string;
  readonly keys: readonly KeyEvidence[];
}

/** The proof's JSON text. */
export function formatErasureProof({ receipt, tombstone, keys }: ErasureProof): string {
  return (
    `{"version":1,"type":"${ERASURE_PROOF_TYPE}","receipt":${formatReceipt(receipt)},` +
    `"tombstone":${tombstone},"keys":${canonicalize(keys)}}`
  );
}

/** Reads a proof's JSON text. Throws `malformed`, `duplicate-name` or `too-large`. Verifies nothing. */
export function parseErasureProof(text: string): ErasureProof {
  const value = objectOf(parseJsonKeepingDigits(text), 'erasure proof', [
    'version',
    'type',
    'receipt',
    'tombstone',
    'keys',
  ]);
  const { keys } = value;
  if (value.version !== 1 || value.type !== ERASURE_PROOF_TYPE)
    throw malformed('erasure proof', 'its version is not 1');
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MAX_KEYS)
    throw malformed('erasure proof', `it has no list of at most ${MAX_KEYS} keys`);
  return {
    receipt: parseReceipt(canonicalize(value.receipt)),
    tombstone: canonicalize(value.tombstone),
    keys: keys.map((each: unknown) => {
      const { id, sequence, evidence } = objectOf(each, 'erasure proof', ['id', 'sequence', 'evidence']);
      return {
        id: textOf(id, 'erasure proof', KEY_ID),
        sequence: integerOf(sequence, 'erasure proof'),
        evidence: parseLedgerEvidence(canonicalize(evidence)),
      };
    }),
  };
}

/** What a proof shows. */
export interface ErasureVerdict {
  readonly ok: true;
  /** `Patient/<id>` or `Type/<id>`. */
  readonly subject: string;
  readonly reason: string;
  readonly erased: readonly string[];
  readonly keys: readonly string[];
  /** RFC 3339: the members had signed the destruction of every key before it. */
  readonly committedBefore: string;
  readonly receipt: ReceiptVerdict & { readonly ok: true };
}

/**
 * Verifies a proof offline. A success proves that the organisation logged this tombstone, and that the network's members saw
 * the destruction of each of its keys committed: a restored backup destroys them again before it opens. That no copy was kept
 * elsewhere nobody can prove, and the tombstone says so. Never throws on bad input.
 */
export function verifyErasureProof(
  text: string,
  options: Omit<VerifyOptions, 'content'>,
): ErasureVerdict | ReceiptRefused {
  let proof: ErasureProof;
  try {
    proof = parseErasureProof(text);
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    return refused('receipt-malformed');
  }
  const receipt = verifyReceipt(proof.receipt, { ...options, content: proof.tombstone });
  if (!receipt.ok) return receipt;
  const said = JSON.parse(proof.tombstone) as Record<string, unknown>;
  const keys = Array.isArray(said.keys) ? said.keys.map(String) : [];
  const isTold =
    receipt.event.kind === 'erasure' &&
    said.type === 'holdfast/tombstone/v1' &&
    said.subject === receipt.event.object &&
    said.organisation === receipt.event.organisation &&
    keys.length === proof.keys.length &&
    keys.every((id, at) => id === proof.keys[at]?.id);
  const committed = proof.keys.map((key) => committedBefore(key, options));
  const last = committed.toSorted((a = '', b = '') => (a < b ? -1 : 1)).at(-1);
  if (!isTold || last === undefined || committed.includes(undefined)) return refused('erasure-unproven');
  return {
    ok: true,
    subject: String(said.subject),
    reason: String(said.reason),
    erased: Array.isArray(said.erased) ? said.erased.map(String) : [],
    keys,
    committedBefore: last,
    receipt,
  };
}

/** When the members had signed the destruction of a key; undefined when they have not. */
function committedBefore(
  { id, sequence, evidence }: KeyEvidence,
  { policies, primitives }: Omit<VerifyOptions, 'content'>,
): string | undefined {
  const verdict = verifyLedgerEvidence(evidence, policies, primitives);
  const isThis = verdict.ok && verdict.digest === transactionDigest('anchors', 'eraseKey', { id, sequence });
  return isThis ? verdict.committedBefore : undefined;
}

function refused(code: 'receipt-malformed' | 'erasure-unproven'): ReceiptRefused {
  return { ok: false, code, message: FAILURE_MESSAGES[code] };
}
