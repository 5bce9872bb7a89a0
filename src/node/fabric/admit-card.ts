import { type Application, parseApplication } from '../../identity/index.ts';
import {
  admitOrganisation,
  foremostPlans,
  type NetworkContext,
  NetworkError,
  newestConfigurationBlock,
  planFromCard,
  type SignedCard,
  writeCard,
} from '../../ledger/index.ts';
import { askMembership } from './membership-access.ts';
import { requireAgreed } from './require-agreed.ts';

/** The application on a card, when it is the card's own organisation's for the key that signed it. Throws NetworkError `network-invalid`. */
export function applicationOn({ id, key, application }: SignedCard): Application {
  if (application === undefined)
    throw new NetworkError(
      'network-invalid',
      `The card of ${id} holds no application: it prepares one with holdfast ledger prepare --ledger and this ledger's id.`,
    );
  const parsed = parseApplication(application);
  const own = parsed.keys.some((each) => each.use === 'transaction' && each.key === key);
  if (parsed.organisation !== id || !own)
    throw new NetworkError(
      'network-invalid',
      `The application on the card of ${id} is not by the key that signed the card.`,
    );
  return parsed;
}

/** Rejects with NetworkError `not-agreed` unless a card is signed by a `transaction` key that `membership` has of its organisation and that has not ended. */
export async function requireMembersCard(context: NetworkContext, { id, key }: SignedCard): Promise<void> {
  const members = await askMembership(context, (membership) => membership.members());
  const member = members.find(({ organisation }) => organisation === id);
  const isKnown = member?.keys.some(
    (each) => each.use === 'transaction' && each.key === key && each.until === undefined,
  );
  if (isKnown !== true)
    throw new NetworkError(
      'not-agreed',
      `The card of ${id} is not signed by a key that membership has of ${id}: have the card sent again, and compare its fingerprint by telephone.`,
    );
}

/**
 * Takes an organisation on another machine into the channel by its card, once `membership` admitted it: signs the change, or what
 * others have signed, and once a majority has, gives the block that it joins with. Rejects with NetworkError `not-agreed`,
 * `majority-missing` with the file for the next to sign, `update-differs`.
 */
export async function admitByCard(
  context: NetworkContext,
  card: SignedCard,
  onProgress: (what: string) => void,
  received: string | undefined,
): Promise<{ context: NetworkContext; block: string }> {
  onProgress(`asking membership whether it admitted ${card.id}`);
  await requireAgreed(context, 'join', card.id);
  await requireMembersCard(context, card);
  if (context.description.hosted.includes(card.id))
    throw new NetworkError(
      'network-invalid',
      `${card.id} is run from this folder: give its data folder in place of a card.`,
    );
  writeCard(context.folder, card);
  const admitted = await admitOrganisation(context, card, planFromCard(card, 0), onProgress, received);
  const [member] = await foremostPlans(admitted);
  if (member === undefined)
    throw new NetworkError('network-invalid', 'No member of the network is hosted here.');
  return { context: admitted, block: await newestConfigurationBlock(admitted, member) };
}
