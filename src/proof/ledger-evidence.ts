import { toHex } from './bytes.ts';
import { type OrderingEvidence, parseOrderingEvidence } from './fabric/ordering-evidence.ts';
import { sha256 } from './hash.ts';
import { canonicalBytes } from './jcs.ts';
import { integerOf, malformed, objectOf, textOf } from './json-shape.ts';
import { parseStrictJson } from './json-text.ts';

/** Most transactions in one block; a block beyond it would not fit a proof that people mail around. */
const MAX_BLOCK_TRANSACTIONS = 65_536;

/** A transaction as the block log records it. */
export interface BlockTransaction {
  /** Hexadecimal, 32 to 64 digits: the engine's transaction id. */
  id: string;
  /** Hexadecimal {@link transactionDigest}. */
  digest: string;
  /** False when it was ordered but changed nothing. */
  valid: boolean;
}

/** A block as one entry of the ledger's block log (DESIGN §3): its leaf index is its height, genesis 0. */
export interface BlockEntry {
  height: number;
  /** Hexadecimal SHA-256. */
  hash: string;
  /** The hash of the block before; 64 zeroes for genesis. */
  previous: string;
  transactions: readonly BlockTransaction[];
}

/** Why an outsider should believe that a transaction committed and was valid. */
export interface LedgerEvidence {
  version: 1;
  block: BlockEntry;
  /** Id of the transaction in the block. */
  transaction: string;
  /** C2SP tlog-proof of the block over origin `<ledger id>/ledger`, its checkpoint signed by members. */
  proof: string;
  /** The policy version whose members signed. */
  policyVersion: number;
  /** On Fabric: who ordered the block, with the configuration chain from the channel's first block. */
  ordering?: OrderingEvidence;
}

/** The digest of a transaction: hexadecimal SHA-256 of the JCS of `{ arguments, contract, name }` (DESIGN §3). */
export function transactionDigest(contract: string, name: string, args: unknown): string {
  return toHex(sha256(canonicalBytes({ arguments: args, contract, name })));
}

/** The block log's entry for a block: JCS of `{ hash, height, previous, transactions }` as bytes. Its leaf hash is `leafHash` of it. */
export function blockEntryBytes(block: BlockEntry): Uint8Array {
  const { height, hash, previous } = block;
  const transactions = block.transactions.map(({ id, digest, valid }) => ({ id, digest, valid }));
  return canonicalBytes({ height, hash, previous, transactions });
}

const SHA256_HEX = /^[0-9a-f]{64}$/;
const TRANSACTION_ID = /^[0-9a-f]{32,64}$/;

/** The evidence of a JSON text or parsed value. Throws `malformed`, `duplicate-name` or `too-large`. Verifies nothing. */
export function parseLedgerEvidence(value: unknown): LedgerEvidence {
  const parsed = typeof value === 'string' ? parseStrictJson(value) : value;
  const required = ['version', 'block', 'transaction', 'proof', 'policyVersion'];
  const evidence = objectOf(parsed, 'ledger evidence', required, ['ordering']);
  if (evidence.version !== 1) throw malformed('ledger evidence', 'its version is not 1');
  return {
    version: 1,
    block: parseBlockEntry(evidence.block),
    transaction: textOf(evidence.transaction, 'ledger evidence', TRANSACTION_ID),
    proof: textOf(evidence.proof, 'ledger evidence', /./),
    policyVersion: integerOf(evidence.policyVersion, 'ledger evidence'),
    ...(evidence.ordering === undefined ? {} : { ordering: parseOrderingEvidence(evidence.ordering) }),
  };
}

/** The block entry of a parsed value. Throws `malformed`. */
export function parseBlockEntry(value: unknown): BlockEntry {
  const block = objectOf(value, 'block entry', ['height', 'hash', 'previous', 'transactions']);
  const { transactions } = block;
  if (!Array.isArray(transactions) || transactions.length > MAX_BLOCK_TRANSACTIONS) {
    throw malformed('block entry', `it has no list of at most ${MAX_BLOCK_TRANSACTIONS} transactions`);
  }
  return {
    height: integerOf(block.height, 'block entry'),
    hash: textOf(block.hash, 'block entry', SHA256_HEX),
    previous: textOf(block.previous, 'block entry', SHA256_HEX),
    transactions: transactions.map(parseBlockTransaction),
  };
}

function parseBlockTransaction(value: unknown): BlockTransaction {
  const { id, digest, valid } = objectOf(value, 'block entry', ['id', 'digest', 'valid']);
  if (typeof valid !== 'boolean') throw malformed('block entry', '"valid" is not a boolean');
  return {
    id: textOf(id, 'block entry', TRANSACTION_ID),
    digest: textOf(digest, 'block entry', SHA256_HEX),
    valid,
  };
}
