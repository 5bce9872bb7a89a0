import { join } from 'node:path';
import { writeChaincodeConnection } from './chaincode-connection.ts';
import { channelConfiguration, prepareUpdate, submitUpdate } from './channel-update.ts';
import { consentersOf, withConsenter } from './consenters.ts';
import { untilHealthy } from './health.ts';
import { type NetworkContext, planOf } from './network-context.ts';
import { NetworkError } from './network-error.ts';
import { consenterOf, type OrganisationCard } from './organisation-card.ts';
import { withAuthorities } from './organisation-groups.ts';
import type { OrganisationMaterial } from './organisation-material.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { chaincodeProcess, ordererProcess, peerProcess } from './process-specs.ts';
import { type ProcessSpec, stopProcess } from './supervised-process.ts';
import { writeMaterial, writeVerifyingMsp } from './write-material.ts';

/**
 * Gives one organisation's processes new keys and certificates while the network goes on. The channel learns the orderer's
 * certificates first, signed by a majority; then its processes end one after the other, each is started again by the
 * supervisor with what is on disk, and the next waits until it is healthy.
 */
export async function rotateCertificates(
  context: NetworkContext,
  organisation: string,
  material: OrganisationMaterial,
  onProgress: (what: string) => void,
): Promise<void> {
  const plan = planOf(context, organisation);
  if (!context.description.hosted.includes(organisation))
    throw new NetworkError('network-invalid', `${organisation} is hosted on another machine: rotate there.`);
  onProgress(`the channel learns the new certificates of ${organisation}`);
  const before = await channelConfiguration(context, plan);
  const renewed = withAuthorities(before, organisation, material.authorities);
  const consenter = consentersOf(before).find(({ msp_id }) => msp_id === organisation);
  const after =
    consenter === undefined
      ? renewed
      : withConsenter(renewed, consenterOf(cardOf(plan, material), consenter.id));
  const update = await prepareUpdate(context, before, after, `rotate-${organisation}`);
  if (update !== undefined) await submitUpdate(context, update, before);
  const files = context.folder.organisation(organisation);
  writeVerifyingMsp(files.msp, material.authorities);
  writeMaterial(files, material);
  await restartAll(context, plan, onProgress);
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
    writeChaincodeConnection(context.folder, plan, chaincode.label);
    const spec = chaincodeProcess(context, plan, chaincode);
    if (spec !== undefined) await stopProcess(spec.pidFile);
  }
  await restart(peerProcess(context, plan), plan.ports.peerOperations);
}

function cardOf(
  plan: OrganisationPlan,
  { organisation, authorities, identities, tls }: OrganisationMaterial,
): OrganisationCard {
  return {
    version: 1,
    id: organisation,
    host: plan.host,
    ports: plan.ports,
    authorities,
    orderer: { identity: identities.orderer.certificate, tls: tls.orderer.certificate },
  };
}

/** Where an organisation's peer writes snapshots of the channel. */
export function snapshotsFolder({ folder }: NetworkContext, organisation: string): string {
  return join(folder.organisation(organisation).peer, 'snapshots');
}
