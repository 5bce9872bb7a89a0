import { join } from 'node:path';
import { CHAINCODE } from './connection-profile.ts';
import { type NetworkContext, ordererFlags, peerCommand } from './network-context.ts';
import type { ChaincodeDescription } from './network-description.ts';
import { NetworkError } from './network-error.ts';
import type { NetworkFolder } from './network-folder.ts';
import type { OrganisationPlan } from './organisation-plan.ts';

/** The committed definition of the chaincode. */
export interface CommittedDefinition {
  readonly version: string;
  readonly sequence: number;
}

/** Where a package is kept until every peer has it. */
export function packageFile(folder: NetworkFolder, label: string): string {
  return join(folder.packages, `${label}.tar.gz`);
}

/** The bundle of a package, from which the hosted organisations' own processes run. */
export function bundleFile(folder: NetworkFolder, label: string): string {
  return join(folder.packages, `${label}.mjs`);
}

/** Installs a package on an organisation's peer; nothing when it is there. */
export async function installPackage(
  context: NetworkContext,
  plan: OrganisationPlan,
  chaincode: ChaincodeDescription,
): Promise<void> {
  const { stdout } = await peerCommand(context, plan, [
    'lifecycle',
    'chaincode',
    'queryinstalled',
    '--output',
    'json',
  ]);
  const { installed_chaincodes = [] } = JSON.parse(stdout) as {
    installed_chaincodes?: { package_id: string }[];
  };
  if (installed_chaincodes.some(({ package_id }) => package_id === chaincode.packageId)) return;
  await peerCommand(context, plan, [
    'lifecycle',
    'chaincode',
    'install',
    packageFile(context.folder, chaincode.label),
  ]);
}

function definitionFlags(
  { description }: NetworkContext,
  { name, version, sequence }: ChaincodeDescription,
): string[] {
  return [
    '--channelID',
    description.channel,
    '--name',
    name,
    '--version',
    version,
    '--sequence',
    String(sequence),
  ];
}

/** A definition is committed once, so that one conflict is the rule; the second would be another definition's. */
const MAX_APPROVALS = 3;
const CONFLICT = /MVCC_READ_CONFLICT/;
/** The organisation has approved the committed definition with this very package; with another it says "different parameters", or takes it (Fabric: core/chaincode/lifecycle/lifecycle.go). */
const APPROVED = /redefine the current committed sequence \(\d+\) for namespace \S+(?! with different)(\s|$)/;

/** Approves a definition for an organisation: the code that its own peer has installed. Nothing when it approved that before, as one that was suspended meanwhile has. */
export async function approveDefinition(
  context: NetworkContext,
  plan: OrganisationPlan,
  chaincode: ChaincodeDescription,
  orderer: OrganisationPlan = plan,
): Promise<void> {
  const definition = definitionFlags(context, chaincode);
  const approve = ['lifecycle', 'chaincode', 'approveformyorg', '--package-id', chaincode.packageId];
  for (let attempt = 1; ; attempt++)
    try {
      await peerCommand(context, plan, [...approve, ...definition, ...ordererFlags(context, orderer)]);
      return;
    } catch (error) {
      if (error instanceof NetworkError && APPROVED.test(error.message)) return;
      // Another organisation committed the definition between endorsement and block: the same approval holds afterwards.
      if (attempt === MAX_APPROVALS || !(error instanceof NetworkError && CONFLICT.test(error.message)))
        throw error;
    }
}

/** Which organisations have approved a definition. */
export async function approvalsOf(
  context: NetworkContext,
  plan: OrganisationPlan,
  chaincode: ChaincodeDescription,
): Promise<Record<string, boolean>> {
  const definition = definitionFlags(context, chaincode);
  const { stdout } = await peerCommand(context, plan, [
    ...['lifecycle', 'chaincode', 'checkcommitreadiness', '--output', 'json'],
    ...definition,
  ]);
  return (JSON.parse(stdout) as { approvals: Record<string, boolean> }).approvals;
}

/** Commits a definition that a majority approved; `endorsers` are peers of a majority. */
export async function commitDefinition(
  context: NetworkContext,
  plan: OrganisationPlan,
  chaincode: ChaincodeDescription,
  endorsers: readonly OrganisationPlan[],
): Promise<void> {
  const peers = endorsers.flatMap((each) => [
    '--peerAddresses',
    `${each.host}:${each.ports.peer}`,
    '--tlsRootCertFiles',
    context.folder.organisation(each.id).tlsCa,
  ]);
  const definition = definitionFlags(context, chaincode);
  await peerCommand(context, plan, [
    ...['lifecycle', 'chaincode', 'commit'],
    ...definition,
    ...peers,
    ...ordererFlags(context, plan),
  ]);
}

/** The definition that an organisation's peer has seen committed; undefined when there is none. */
export async function committedDefinition(
  context: NetworkContext,
  plan: OrganisationPlan,
): Promise<CommittedDefinition | undefined> {
  const { stdout } = await peerCommand(context, plan, [
    ...[
      'lifecycle',
      'chaincode',
      'querycommitted',
      '--channelID',
      context.description.channel,
      '--output',
      'json',
    ],
  ]);
  const { chaincode_definitions = [] } = JSON.parse(stdout) as {
    chaincode_definitions?: { name: string; version: string; sequence: number }[];
  };
  const own = chaincode_definitions.find(({ name }) => name === CHAINCODE);
  return own === undefined ? undefined : { version: own.version, sequence: own.sequence };
}
