import { join } from 'node:path';
import { writeChaincodeConnection } from './chaincode-connection.ts';
import { approveDefinition, installPackage } from './chaincode-lifecycle.ts';
import type { ChannelConfiguration } from './channel-configuration.ts';
import {
  channelConfiguration,
  fetchConfigurationBlock,
  prepareUpdate,
  submitUpdate,
} from './channel-update.ts';
import { writeProfiles } from './connection-profile.ts';
import { consentersOf, nextConsenterId, withConsenter } from './consenters.ts';
import { until, untilHealthy } from './health.ts';
import { joinOrderer, joinPeer } from './join-channel.ts';
import { hostedPlans, type NetworkContext } from './network-context.ts';
import { writeDescription } from './network-description.ts';
import { NetworkError } from './network-error.ts';
import { consenterOf, type OrganisationCard, writeCard } from './organisation-card.ts';
import { withOrganisation } from './organisation-groups.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { blockHeight } from './process-metrics.ts';
import { ordererProcess, peerProcess } from './process-specs.ts';

const CAUGHT_UP_WITHIN_MS = 10 * 60_000; // a long ledger from block 0; a snapshot is for longer ones

/** The channel's configuration with an organisation that writes, endorses and orders. */
export function configurationWith(
  configuration: ChannelConfiguration,
  card: OrganisationCard,
): ChannelConfiguration {
  const present = consentersOf(configuration).find(({ msp_id }) => msp_id === card.id);
  const both = withOrganisation(withOrganisation(configuration, card, 'Application'), card, 'Orderer');
  return withConsenter(both, consenterOf(card, present?.id ?? nextConsenterId(configuration)));
}

/**
 * Takes an organisation into the channel: the configuration names it, with the signatures of a majority, and this folder
 * knows it. That `membership` approved it is checked by whoever calls. Gives the context that knows it; the organisation
 * itself then runs {@link joinAsNewcomer}. Nothing happens twice.
 */
export async function admitOrganisation(
  context: NetworkContext,
  card: OrganisationCard,
  onProgress: (what: string) => void,
): Promise<NetworkContext> {
  const [first] = hostedPlans(context).filter(({ id }) => id !== card.id);
  if (first === undefined)
    throw new NetworkError('network-invalid', 'No member of the network is hosted here.');
  onProgress(`changing the channel's configuration: ${card.id} joins`);
  const before = await channelConfiguration(context, first);
  const after = configurationWith(before, card);
  const update = await prepareUpdate(context, before, after, `add-${card.id}`);
  const known = withKnown(context, card, consenterOf(card, nextConsenterId(before)).id);
  if (update !== undefined) await submitUpdate(context, update, before);
  writeDescription(known.folder.path, known.description);
  writeProfiles(known);
  return known;
}

function withKnown(context: NetworkContext, card: OrganisationCard, consenter: number): NetworkContext {
  const { description, folder } = context;
  if (description.organisations.some(({ id }) => id === card.id)) return context;
  writeCard(folder, card);
  const elsewhere = {
    peerChaincode: 0,
    chaincode: 0,
    ordererAdmin: 0,
    ordererOperations: 0,
    peerOperations: 0,
  };
  const plan: OrganisationPlan = {
    id: card.id,
    consenter,
    host: card.host,
    bind: '',
    ports: { ...elsewhere, ...card.ports },
  };
  return { ...context, description: { ...description, organisations: [...description.organisations, plan] } };
}

/**
 * The newcomer's own part, once its processes run: its orderer joins from the newest configuration, its peer from block 0,
 * the approved chaincode is installed and approved, and the peer catches up. `member` is an organisation whose peer
 * answers here, to learn the newest configuration from.
 */
export async function joinAsNewcomer(
  context: NetworkContext,
  plan: OrganisationPlan,
  configurationBlock: string,
  height: number,
  onProgress: (what: string) => void,
): Promise<void> {
  onProgress(`waiting for orderer and peer of ${plan.id}`);
  await untilHealthy(ordererProcess(context, plan), plan.ports.ordererOperations);
  await untilHealthy(peerProcess(context, plan), plan.ports.peerOperations);
  onProgress(`joining ${plan.id} and catching up`);
  await joinOrderer(context, plan, configurationBlock);
  await joinPeer(context, plan);
  await until(
    async () => ((await blockHeight(plan)) ?? 0) >= height,
    CAUGHT_UP_WITHIN_MS,
    () => `The peer of ${plan.id} did not catch up: see logs/peer.${plan.id}.log.`,
  );
  const { chaincode } = context.description;
  if (chaincode === undefined) return;
  onProgress(`approving the chaincode at ${plan.id}`);
  writeChaincodeConnection(context.folder, plan, chaincode.label);
  await installPackage(context, plan, chaincode);
  await approveDefinition(context, plan, chaincode);
}

/** Fetches the newest configuration block into the network's folder and gives its path. */
export async function newestConfigurationBlock(
  context: NetworkContext,
  member: OrganisationPlan,
): Promise<string> {
  const file = join(context.folder.path, 'configuration.block');
  await fetchConfigurationBlock(context, member, file);
  return file;
}
