import {
  bytesAt,
  integerAt,
  listAt,
  readMessage,
  readOrderedBlock,
  toHex,
  type WireMessage,
} from '../../proof/index.ts';
import type { ContinuedFrom, SignedContinuation } from '../continuation/continuation.ts';
import { LedgerError } from '../error.ts';
import { type ChannelView, heightOf } from './channel-view.ts';

/** Members of `BlockchainInfo` (common/ledger.proto): number of blocks, hash of the newest, what the peer joined from. */
const BLOCKS = 1; // height
const NEWEST_HASH = 2; // currentBlockHash
const SNAPSHOT = 4; // bootstrappingSnapshotInfo

/** What the chaincode says of itself and of the ledger. */
export interface About {
  readonly version: string;
  readonly ledger?: string;
  readonly continuation?: SignedContinuation;
}

/**
 * The last block of the snapshot that a peer joined from, by the peer's `BlockchainInfo`; undefined for a peer that joined from block 0. Its
 * hash is what the next block names, which `blockAt` gives.
 */
export async function beforeSnapshot(
  info: WireMessage,
  view: Pick<ChannelView, 'continues'>,
  blockAt: (number: number) => Promise<Uint8Array>,
): Promise<ContinuedFrom | undefined> {
  const [snapshot] = listAt(info, SNAPSHOT);
  if (snapshot === undefined) return undefined;
  const last = integerAt(readMessage(snapshot), 1);
  const isNewest = integerAt(info, BLOCKS) === last + 1;
  const hash = isNewest ? bytesAt(info, NEWEST_HASH) : readOrderedBlock(await blockAt(last + 1)).previousHash;
  return { height: heightOf(view, last), block: toHex(hash) };
}

/**
 * Refuses a profile that counts heights from another block than the ledger, which would show everything at the wrong height. Throws
 * `LedgerError` `unavailable` `profile`.
 */
export function assertSameBeginning(
  { continues }: Pick<ChannelView, 'continues'>,
  about: About | undefined,
): void {
  if (about?.ledger === undefined) return;
  const begun = about.continuation?.statement;
  if (begun?.height === continues?.height && begun?.block === continues?.block) return;
  const sentence =
    'the connection profile and the ledger do not agree on the block that this channel continues from; make the profile anew';
  throw new LedgerError('unavailable', sentence, { reason: 'profile' });
}
