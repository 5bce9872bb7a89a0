import { copyFileSync, existsSync } from 'node:fs';
import { blockHash } from './assemble-genesis.ts';
import { type ChannelConfiguration, organisationsIn } from './channel-configuration.ts';
import { decodeConfiguration } from './channel-update.ts';
import { writeProfiles } from './connection-profile.ts';
import { consentersOf } from './consenters.ts';
import { configurationDrift } from './drift/configuration-drift.ts';
import type { NetworkContext } from './network-context.ts';
import { writeDescription } from './network-description.ts';
import { NetworkError } from './network-error.ts';
import { configurationBlockFile } from './network-folder.ts';
import { type OrganisationCard, organisationCard, planFromCard, writeCard } from './organisation-card.ts';

/** What a part of a network is made one channel with the others by. */
export interface AdoptChannelRequest {
  /** File of block 0. */
  readonly genesis: string;
  /** File of the newest configuration block, for an organisation that joins a channel that runs. */
  readonly configuration?: string | undefined;
  /** Cards of all others in the channel. */
  readonly cards: readonly OrganisationCard[];
}

/**
 * Makes a prepared part one of a channel: checks that its configuration names exactly the organisations whose cards are given, with
 * those certificates and addresses and the agreed policies, and writes down who they are. Nothing is started. Rejects with
 * NetworkError `block-differs`, which says in what.
 */
export async function adoptChannel(
  context: NetworkContext,
  request: AdoptChannelRequest,
): Promise<NetworkContext> {
  const { folder, description } = context;
  const { genesis, configuration, cards } = request;
  const hash = blockHash(genesis);
  if (existsSync(folder.genesis) && blockHash(folder.genesis) !== hash)
    throw new NetworkError(
      'block-differs',
      `${folder.path} belongs to another channel: its block 0 is not ${genesis}.`,
    );
  const decoded = await decodeConfiguration(context, configuration ?? genesis);
  const own = description.organisations.filter(({ id }) => description.hosted.includes(id));
  const hosted = own.map((plan) => organisationCard(folder, plan));
  const others = cards.filter(({ id }) => !description.hosted.includes(id));
  assertSame(decoded, hosted, others);
  for (const card of others) writeCard(folder, card);
  const consenters = consentersOf(decoded);
  const numbered = [...own, ...others.map((card) => planFromCard(card, 0))].map((plan) => {
    const consenter = consenters.find(({ msp_id }) => msp_id === plan.id)?.id;
    return consenter === undefined ? { ...plan, isOrdering: false } : { ...plan, consenter };
  });
  if (genesis !== folder.genesis) copyFileSync(genesis, folder.genesis);
  if (configuration !== undefined) copyFileSync(configuration, configurationBlockFile(folder));
  const organisations = numbered.sort((a, b) => a.consenter - b.consenter);
  const adopted = { ...context, description: { ...description, organisations } };
  writeDescription(folder.path, adopted.description);
  writeProfiles(adopted);
  return adopted;
}

function assertSame(
  configuration: ChannelConfiguration,
  hosted: readonly OrganisationCard[],
  others: readonly OrganisationCard[],
): void {
  const known = [...hosted, ...others].map(({ id }) => id);
  const named = [
    ...new Set([
      ...organisationsIn(configuration, 'Application'),
      ...organisationsIn(configuration, 'Orderer'),
    ]),
  ];
  const unknown = named.filter((id) => !known.includes(id));
  const absent = known.filter((id) => !named.includes(id));
  const cards = [
    ...hosted.map((card) => ({ card, isHosted: true })),
    ...others.map((card) => ({ card, isHosted: false })),
  ];
  const reasons = [
    ...unknown.map((id) => `It names ${id}, whose card is not given.`),
    ...absent.map((id) => `It does not name ${id}.`),
    ...configurationDrift(configuration, { members: undefined, cards }).map(({ what }) => what),
  ];
  if (reasons.length > 0)
    throw new NetworkError('block-differs', `This block is not what the cards say. ${reasons.join(' ')}`);
}
