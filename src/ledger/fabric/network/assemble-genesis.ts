import { existsSync, readFileSync } from 'node:fs';
import { orderedBlockHash, readOrderedBlock } from '../../../proof/index.ts';
import { makeGenesis } from './genesis.ts';
import { hostedPlans, type NetworkContext } from './network-context.ts';
import { NetworkError } from './network-error.ts';
import { type OrganisationCard, planFromCard, writeCard } from './organisation-card.ts';

/**
 * Makes block 0 of a channel out of the cards of its organisations, the own one's from its folder: each orders, writes and endorses.
 * Gives the block's hash, by which everybody compares it. Rejects with NetworkError `network-invalid` when there is a block 0
 * already, or a card twice.
 */
export async function assembleGenesis(
  context: NetworkContext,
  cards: readonly OrganisationCard[],
  blockMs?: number,
): Promise<string> {
  const { folder } = context;
  if (existsSync(folder.genesis))
    throw new NetworkError(
      'network-invalid',
      `${folder.genesis} is there already: a channel has one block 0.`,
    );
  const own = hostedPlans(context);
  const others = cards.filter(({ id }) => own.every((plan) => plan.id !== id));
  if (new Set(others.map(({ id }) => id)).size !== others.length)
    throw new NetworkError('network-invalid', 'Two cards are of one organisation: take the newer one.');
  for (const card of others) writeCard(folder, card);
  const plans = [...own, ...others.map((card) => planFromCard(card, 0))]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((plan, place) => ({ ...plan, consenter: place + 1 }));
  await makeGenesis(context, plans, blockMs);
  return blockHash(folder.genesis);
}

/** Hash of the header of a block's file, hexadecimal. Throws NetworkError `network-invalid` for what is no block. */
export function blockHash(file: string): string {
  try {
    return orderedBlockHash(readOrderedBlock(readFileSync(file)));
  } catch (cause) {
    throw new NetworkError('network-invalid', `${file} is no block of a channel: have it sent again.`, {
      cause,
    });
  }
}
