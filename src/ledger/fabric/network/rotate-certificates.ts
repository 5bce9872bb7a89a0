import { join } from 'node:path';
import { writeChaincodeConnection } from './chaincode-connection.ts';
import { changeChannel } from './change-channel.ts';
import type { ChannelConfiguration } from './channel-configuration.ts';
import { channelConfiguration } from './channel-update.ts';
import { consentersOf, withConsenter } from './consenters.ts';
import { foremostPlans } from './foremost-plans.ts';
import { untilHealthy } from './health.ts';
import { type NetworkContext, planOf } from './network-context.ts';
import { NetworkError } from './network-error.ts';
import { consenterOf, type OrganisationCard, writeCard } from './organisation-card.ts';
import { withAuthorities } from './organisation-groups.ts';
import type { OrganisationMaterial } from './organisation-material.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { chaincodeProcess, ordererProcess, peerProcess } from './process-specs.ts';
import { type ProcessSpec, stopProcess } from './supervised-process.ts';
import { writeMaterial, writeVerifyingMsp } from './write-material.ts';

/** The configuration with the certificates of a card in place of those that it has of that organisation, wherever it is named. */
function configurationRenewed(
  configuration: ChannelConfiguration,
  card: OrganisationCard,
): ChannelConfiguration {
  const renewed = withAuthorities(configuration, card.id, card.authorities);
  const present = consentersOf(configuration).find(({ msp_id }) => msp_id === card.id);
  return present === undefined ? renewed : withConsenter(renewed, consenterOf(card, present.id));
}

/**
 * Gives one organisation's processes new keys and certificates while the network goes on. The channel learns the orderer's
 * certificates first, signed by a majority (`received` as others signed it); then its processes end one after the other, each is
 * started again by the supervisor with what is on disk, and the next waits until it is healthy. Rejects as `changeChannel`; then
 * nothing has been exchanged, and the same material is given again.
 */
export async function rotateCertificates(
  context: NetworkContext,
  material: OrganisationMaterial,
  onProgress: (what: string) => void,
  received?: string,
): Promise<void> {
  const { organisation } = material;
  const plan = planOf(context, organisation);
  if (!context.description.hosted.includes(organisation))
    throw new NetworkError('network-invalid', `${organisation} is hosted on another machine: rotate there.`);
  onProgress(`the channel learns the new certificates of ${organisation}`);
  await learnRenewal(context, plan, cardOf(plan, material), received);
  const files = context.folder.organisation(organisation);
  writeVerifyingMsp(files.msp, material.authorities);
  writeMaterial(files, material);
  await restartAll(context, plan, onProgress);
}

/** Signs the new certificates of an organisation on another machine, and keeps its card once the channel has them. Rejects as `changeChannel`. */
export async function signRotation(
  context: NetworkContext,
  card: OrganisationCard,
  received: string | undefined,
): Promise<void> {
  planOf(context, card.id);
  const [own] = await foremostPlans(context);
  if (own === undefined || context.description.hosted.includes(card.id))
    throw new NetworkError('network-invalid', `${card.id} is run from this folder: rotate without a card.`);
  await learnRenewal(context, own, card, received);
  writeCard(context.folder, card);
}

async function learnRenewal(
  context: NetworkContext,
  by: OrganisationPlan,
  card: OrganisationCard,
  received: string | undefined,
): Promise<void> {
  const before = await channelConfiguration(context, by);
  const after = configurationRenewed(before, card);
  await changeChannel(context, { name: `rotate-${card.id}`, before, after, received });
}

async function restartAll(
  context: NetworkContext,
  plan: OrganisationPlan,
  onProgress: (what: string) => void,
): Promise<void> {
  const { chaincode } = context.description;
  const restart = async (spec: ProcessSpec, port: number) => {
    onProgress(`${spec.name} starts again with its new certificate`);
    await stopProcess(spec.pidFile);
    await untilHealthy(spec, port);
  };
  if (plan.isOrdering !== false) await restart(ordererProcess(context, plan), plan.ports.ordererOperations);
  if (chaincode !== undefined) {
    writeChaincodeConnection(context.folder, plan, chaincode);
    const spec = chaincodeProcess(context, plan, chaincode);
    if (spec !== undefined) await stopProcess(spec.pidFile);
  }
  await restart(peerProcess(context, plan), plan.ports.peerOperations);
}

/** The card of an organisation with this material. */
export function cardOf(
  plan: OrganisationPlan,
  { organisation, authorities, identities, tls }: OrganisationMaterial,
): OrganisationCard {
  return {
    version: 1,
    id: organisation,
    host: plan.host,
    ports: { orderer: plan.ports.orderer, peer: plan.ports.peer },
    authorities,
    orderer: { identity: identities.orderer.certificate, tls: tls.orderer.certificate },
  };
}

/** Where an organisation's peer writes snapshots of the channel. */
export function snapshotsFolder({ folder }: NetworkContext, organisation: string): string {
  return join(folder.organisation(organisation).peer, 'snapshots');
}
