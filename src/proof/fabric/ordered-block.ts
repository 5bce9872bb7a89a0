import { concat, toHex } from '../bytes.ts';
import { sha256 } from '../hash.ts';
import { DER_TAG, writeDer, writeDerInteger } from './der.ts';
import { bytesAt, integerAt, listAt, messageAt, readMessage } from './wire.ts';

/** A block of a Fabric channel as its parts (common/common.proto `Block`). */
export interface OrderedBlock {
  readonly number: number;
  /** Empty for the first. */
  readonly previousHash: Uint8Array;
  readonly dataHash: Uint8Array;
  /** The envelopes. */
  readonly data: readonly Uint8Array[];
  /** By `BlockMetadataIndex`: 0 signatures, 1 last configuration, 2 validity of each envelope. */
  readonly metadata: readonly Uint8Array[];
}

/** Index of the signatures in a block's metadata. */
export const SIGNATURES_INDEX = 0;
/** Index of one validation code per envelope in a block's metadata. */
export const TRANSACTIONS_FILTER_INDEX = 2;

/** The block of a serialized `common.Block`. Throws `ProofError` `malformed`. */
export function readOrderedBlock(bytes: Uint8Array): OrderedBlock {
  const block = readMessage(bytes);
  const header = messageAt(block, 1);
  return {
    number: integerAt(header, 1),
    previousHash: bytesAt(header, 2),
    dataHash: bytesAt(header, 3),
    data: listAt(messageAt(block, 2), 1),
    metadata: listAt(messageAt(block, 3), 1),
  };
}

/** What the hash of a block covers and orderers sign: DER of number, hash before and hash of the data (Fabric `protoutil.BlockHeaderBytes`). */
export function orderedHeaderBytes(
  block: Pick<OrderedBlock, 'number' | 'previousHash' | 'dataHash'>,
): Uint8Array {
  return writeDer(
    DER_TAG.sequence,
    writeDerInteger(BigInt(block.number)),
    writeDer(DER_TAG.octetString, block.previousHash),
    writeDer(DER_TAG.octetString, block.dataHash),
  );
}

/** Hash of a block: hexadecimal SHA-256 of its header. */
export function orderedBlockHash(block: Pick<OrderedBlock, 'number' | 'previousHash' | 'dataHash'>): string {
  return toHex(sha256(orderedHeaderBytes(block)));
}

/** Hash over a block's envelopes (Fabric `protoutil.ComputeBlockDataHash`). */
export function orderedDataHash(data: readonly Uint8Array[]): Uint8Array {
  return sha256(concat(...data));
}
