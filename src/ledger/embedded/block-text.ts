import { sha256Native } from '../../crypto/index.ts';
import { canonicalize } from '../../proof/index.ts';
import type { Block, LedgerEvent, Write } from '../ledger.ts';
import type { Envelope, SignedTransaction } from './envelope.ts';

/** Hash before the first block. */
export const NO_BLOCK = '0'.repeat(64);

/** A transaction as it stands in a block's text. */
export interface BlockTransactionText {
  readonly id: string;
  readonly digest: string;
  readonly envelope: Envelope;
  readonly signature: string;
  readonly valid: true;
  readonly writes: readonly Write[];
  readonly events: readonly LedgerEvent[];
}

/** What a block's text holds. */
export interface BlockContent {
  readonly v: 1;
  readonly height: number;
  readonly previous: string;
  readonly time: string;
  readonly transactions: readonly BlockTransactionText[];
}

/** Canonical text of a committed transaction. */
export function transactionText(
  signed: SignedTransaction,
  writes: readonly Write[],
  events: readonly LedgerEvent[],
): string {
  const { id, digest, envelope, signature } = signed;
  const content: BlockTransactionText = { id, digest, envelope, signature, valid: true, writes, events };
  return canonicalize(content);
}

/** Canonical text of a block from its transactions' canonical texts: what the hash covers. */
export function blockText(
  header: Omit<BlockContent, 'v' | 'transactions'>,
  transactions: readonly string[],
): string {
  const { height, previous, time } = header;
  // Members in the order of RFC 8785, so that the transactions need not be written twice.
  return `{"height":${height},"previous":"${previous}","time":"${time}","transactions":[${transactions.join(',')}],"v":1}`;
}

/** Hash of a block: hexadecimal SHA-256 of its text. */
export function blockHash(text: string): string {
  return sha256Native(text).toString('hex');
}

/** The content of a block's text, which this program wrote and whose hash was checked. */
export function parseBlockText(text: string): BlockContent {
  return JSON.parse(text) as BlockContent;
}

/** A block as readers of the ledger get it. */
export function readableBlock(text: string, hash: string): Block {
  const { height, previous, time, transactions } = parseBlockText(text);
  return {
    height: BigInt(height),
    hash,
    previous,
    time,
    transactions: transactions.map(({ id, digest, envelope, valid, writes, events }) => ({
      id,
      contract: envelope.contract,
      name: envelope.name,
      args: envelope.args,
      time: envelope.time,
      submitter: { organisation: envelope.organisation, role: envelope.role },
      valid,
      digest,
      writes,
      events,
    })),
  };
}
