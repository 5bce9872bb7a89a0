import { writeChaincodeConnection } from './chaincode-connection.ts';
import { approveDefinition, committedDefinition, installPackage } from './chaincode-lifecycle.ts';
import { changeChannel } from './change-channel.ts';
import type { ChannelConfiguration } from './channel-configuration.ts';
import { channelConfiguration, fetchConfigurationBlock } from './channel-update.ts';
import { writeProfiles } from './connection-profile.ts';
import { consentersOf, nextConsenterId, withConsenter } from './consenters.ts';
import { foremostPlans } from './foremost-plans.ts';
import { until, untilHealthy } from './health.ts';
import { joinOrderer, joinPeer } from './join-channel.ts';
import { withNamedPolicies } from './named-policies.ts';
import type { NetworkContext } from './network-context.ts';
import { type ChaincodeDescription, writeDescription } from './network-description.ts';
import { NetworkError } from './network-error.ts';
import { configurationBlockFile } from './network-folder.ts';
import { consenterOf, type OrganisationCard } from './organisation-card.ts';
import { withOrganisation } from './organisation-groups.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { blockHeight } from './process-metrics.ts';
import { ordererProcess, peerProcess } from './process-specs.ts';

const CAUGHT_UP_WITHIN_MS = 10 * 60_000; // a long ledger from block 0; a snapshot is for longer ones
const CATCH_UP_LOOK_MS = 1_000; // to be asked takes time of the peer that is to catch up

/** The channel's configuration with an organisation that writes, endorses and orders. */
export function configurationWith(
  configuration: ChannelConfiguration,
  card: OrganisationCard,
): ChannelConfiguration {
  const present = consentersOf(configuration).find(({ msp_id }) => msp_id === card.id);
  const both = withOrganisation(withOrganisation(configuration, card, 'Application'), card, 'Orderer');
  return withConsenter(
    withNamedPolicies(both),
    consenterOf(card, present?.id ?? nextConsenterId(configuration)),
  );
}

/**
 * Takes an organisation into the channel: the configuration names it, with the signatures of a majority, and this folder
 * knows it. That `membership` approved it is checked by whoever calls; `received` is the update as others signed it. Gives the
 * context that knows it; the organisation itself then runs {@link joinAsNewcomer}. Nothing happens twice.
 */
export async function admitOrganisation(
  context: NetworkContext,
  card: OrganisationCard,
  plan: OrganisationPlan,
  onProgress: (what: string) => void,
  received?: string,
): Promise<NetworkContext> {
  const [first] = (await foremostPlans(context)).filter(({ id }) => id !== card.id);
  if (first === undefined)
    throw new NetworkError('network-invalid', 'No member of the network is hosted here.');
  onProgress(`changing the channel's configuration: ${card.id} joins`);
  const before = await channelConfiguration(context, first);
  await changeChannel(context, {
    name: `add-${card.id}`,
    before,
    after: configurationWith(before, card),
    received,
  });
  const { description, folder } = context;
  const others = description.organisations.filter(({ id }) => id !== card.id);
  const numbered = asOrdering(plan, await channelConfiguration(context, first));
  const known = { ...context, description: { ...description, organisations: [...others, numbered] } };
  writeDescription(folder.path, known.description);
  writeProfiles(known);
  return known;
}

/** The plan with its orderer as the consensus has it: one that was out of it for a while comes back under another number. */
function asOrdering(plan: OrganisationPlan, configuration: ChannelConfiguration): OrganisationPlan {
  const { isOrdering: _ordering, isWriting: _writing, ...rest } = plan;
  const present = consentersOf(configuration).find(({ msp_id }) => msp_id === plan.id);
  return present === undefined ? { ...rest, isOrdering: false } : { ...rest, consenter: present.id };
}

/**
 * The newcomer's own part, once its processes run: its orderer joins from the newest configuration, its peer from block 0,
 * the approved chaincode is installed and approved, and the peer catches up to `height` blocks. Gives the context with the
 * chaincode as it is committed.
 */
export async function joinAsNewcomer(
  context: NetworkContext,
  plan: OrganisationPlan,
  configurationBlock: string,
  height: number,
  onProgress: (what: string) => void,
): Promise<NetworkContext> {
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
    CATCH_UP_LOOK_MS,
  );
  if (context.description.chaincode === undefined) return context;
  onProgress(`approving the chaincode at ${plan.id}`);
  const present = await asCommitted(context, plan, context.description.chaincode);
  const { chaincode } = present.description;
  if (chaincode === undefined) return present;
  writeChaincodeConnection(context.folder, plan, chaincode);
  await installPackage(present, plan, chaincode);
  await approveDefinition(present, plan, chaincode);
  return present;
}

/** The context with the chaincode as the channel counts it: a part that was prepared on another machine could not know. Rejects with NetworkError `network-invalid` when the channel runs other code. */
async function asCommitted(
  context: NetworkContext,
  plan: OrganisationPlan,
  chaincode: ChaincodeDescription,
): Promise<NetworkContext> {
  const committed = await committedDefinition(context, plan);
  if (committed === undefined || committed.sequence === chaincode.sequence) return context;
  if (committed.version !== chaincode.version)
    throw new NetworkError(
      'network-invalid',
      `The channel runs chaincode ${committed.version}, and this release brings ${chaincode.version}: install that release, or name its bundle with --chaincode when preparing.`,
    );
  const description = { ...context.description, chaincode: { ...chaincode, sequence: committed.sequence } };
  writeDescription(context.folder.path, description);
  const known = { ...context, description };
  writeProfiles(known);
  return known;
}

/** Fetches the newest configuration block into the network's folder and gives its path. */
export async function newestConfigurationBlock(
  context: NetworkContext,
  member: OrganisationPlan,
): Promise<string> {
  const file = configurationBlockFile(context.folder);
  await fetchConfigurationBlock(context, member, file);
  return file;
}
