import type { ContinuedFrom } from '../continuation/continuation.ts';

/** What of a channel is read: transactions of one chaincode, at which heights. */
export interface ChannelView {
  readonly chaincode: string;
  /** The block after which a ledger goes on in this channel; absent where it begins in it. */
  readonly continues?: ContinuedFrom;
}

/** Ledger height of the channel's first block: 0, or the one after the block that the ledger was closed with elsewhere. */
export function firstHeight({ continues }: Pick<ChannelView, 'continues'>): number {
  return continues === undefined ? 0 : continues.height + 1;
}

/** Ledger height of the block with a number. */
export function heightOf(view: Pick<ChannelView, 'continues'>, number: number): number {
  return firstHeight(view) + number;
}

/** Number of the channel's block at a ledger height; 0 for heights before the channel. */
export function numberOf(view: Pick<ChannelView, 'continues'>, height: bigint): bigint {
  const number = height - BigInt(firstHeight(view));
  return number < 0n ? 0n : number;
}
