import { admitOrganisation, joinAsNewcomer, newestConfigurationBlock } from './add-organisation.ts';
import { writeChaincodeConnection } from './chaincode-connection.ts';
import { channelConfiguration } from './channel-update.ts';
import { writeProfiles } from './connection-profile.ts';
import { nextConsenterId } from './consenters.ts';
import { foremostPlans } from './foremost-plans.ts';
import { type NetworkContext, planOf } from './network-context.ts';
import { writeDescription } from './network-description.ts';
import { NetworkError } from './network-error.ts';
import { organisationCard } from './organisation-card.ts';
import type { OrganisationMaterial } from './organisation-material.ts';
import { localPlans, type OrganisationPlan, PORTS_PER_ORGANISATION } from './organisation-plan.ts';
import { configureOrganisation } from './prepare-organisation.ts';
import { blockHeight } from './process-metrics.ts';
import { writeMaterial } from './write-material.ts';

/** What adding an organisation on this machine needs. */
export interface AddLocalRequest {
  readonly organisation: string;
  readonly material: (plan: OrganisationPlan) => Promise<OrganisationMaterial>;
  readonly onProgress: (what: string) => void;
  /** Called when the description names the newcomer's processes, for a supervisor that does not follow the file. */
  readonly onHosted?: (context: NetworkContext) => Promise<void>;
}

/** Ports after the last organisation's. */
function planFor({ description }: NetworkContext, organisation: string, consenter: number): OrganisationPlan {
  const last = Math.max(...description.organisations.map(({ ports }) => ports.orderer));
  const [plan] = localPlans([organisation], last + PORTS_PER_ORGANISATION);
  if (plan === undefined) throw new NetworkError('network-invalid', 'An organisation is missing.');
  return { ...plan, consenter };
}

/**
 * Adds an organisation whose processes run on this machine to a running network: keys, channel configuration with a
 * majority's signatures, orderer and peer, chaincode; resolves when its peer has every block. Safe to run again.
 */
export async function addLocalOrganisation(
  context: NetworkContext,
  request: AddLocalRequest,
): Promise<NetworkContext> {
  const { organisation, onProgress } = request;
  const [member] = (await foremostPlans(context)).filter(({ id }) => id !== organisation);
  if (member === undefined)
    throw new NetworkError('network-invalid', 'No member of the network is hosted here.');
  const known = context.description.organisations.find(({ id }) => id === organisation);
  const consenter = nextConsenterId(await channelConfiguration(context, member));
  const plan = known ?? planFor(context, organisation, consenter);
  if (known === undefined) {
    onProgress(`making the keys of ${organisation}`);
    writeMaterial(context.folder.organisation(organisation), await request.material(plan));
    configureOrganisation(context, plan);
  }
  const admitted = await admitOrganisation(context, organisationCard(context.folder, plan), plan, onProgress);
  if (admitted.description.chaincode !== undefined)
    writeChaincodeConnection(admitted.folder, plan, admitted.description.chaincode);
  const hosted = [...new Set([...admitted.description.hosted, organisation])];
  const joined = { ...admitted, description: { ...admitted.description, hosted } };
  writeDescription(joined.folder.path, joined.description);
  writeProfiles(joined);
  await request.onHosted?.(joined);
  const block = await newestConfigurationBlock(joined, member);
  return joinAsNewcomer(
    joined,
    planOf(joined, organisation),
    block,
    (await blockHeight(member)) ?? 0,
    onProgress,
  );
}
