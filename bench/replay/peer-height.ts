import { blockHeight, readDescription } from '../../src/ledger/index.ts';

/** How many blocks an organisation's peer has, by its metrics; undefined while it is not in the channel. */
export async function peerHeight(network: string, organisation: string): Promise<number | undefined> {
  const plan = readDescription(network).organisations.find(({ id }) => id === organisation);
  return plan === undefined ? undefined : blockHeight(plan);
}
