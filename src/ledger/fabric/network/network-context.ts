import { join } from 'node:path';
import type { FabricBinaries } from './binaries.ts';
import type { NetworkDescription } from './network-description.ts';
import { NetworkError } from './network-error.ts';
import { type NetworkFolder, networkFolder, type OrganisationFiles } from './network-folder.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { type RunOptions, run } from './run-command.ts';

/** What every step of running a network needs. */
export interface NetworkContext {
  readonly folder: NetworkFolder;
  readonly description: NetworkDescription;
  readonly binaries: FabricBinaries;
}

/** Context of a network. */
export function networkContext(
  path: string,
  description: NetworkDescription,
  binaries: FabricBinaries,
): NetworkContext {
  return { folder: networkFolder(path), description, binaries };
}

/** The plan of an organisation. Throws NetworkError `network-invalid` for one that is not in the network. */
export function planOf(
  { description }: Pick<NetworkContext, 'description'>,
  organisation: string,
): OrganisationPlan {
  const plan = description.organisations.find(({ id }) => id === organisation);
  if (plan === undefined)
    throw new NetworkError(
      'network-invalid',
      `${organisation} is not in this network; there are ${description.organisations.map(({ id }) => id).join(', ')}.`,
    );
  return plan;
}

/** Plans of the organisations whose processes run here. */
export function hostedPlans(context: Pick<NetworkContext, 'description'>): OrganisationPlan[] {
  return context.description.hosted.map((id) => planOf(context, id));
}

/** Environment of the `peer` command as an organisation's administrator, speaking to its own peer. */
export function adminEnvironment(files: OrganisationFiles, plan: OrganisationPlan): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    FABRIC_CFG_PATH: files.peer,
    FABRIC_LOGGING_SPEC: 'error',
    CORE_PEER_LOCALMSPID: plan.id,
    CORE_PEER_MSPCONFIGPATH: files.identity('admin'),
    CORE_PEER_ADDRESS: `${plan.host}:${plan.ports.peer}`,
    CORE_PEER_TLS_ENABLED: 'true',
    CORE_PEER_TLS_ROOTCERT_FILE: files.tlsCa,
  };
}

/** Runs `peer` as an organisation's administrator. */
export function peerCommand(
  { folder, binaries }: NetworkContext,
  plan: OrganisationPlan,
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ stdout: string; stderr: string }> {
  const environment = adminEnvironment(folder.organisation(plan.id), plan);
  return run(binaries.command('peer'), args, { ...options, environment });
}

/** Flags that send a transaction to an organisation's orderer. */
export function ordererFlags({ folder }: Pick<NetworkContext, 'folder'>, plan: OrganisationPlan): string[] {
  return [
    '--orderer',
    `${plan.host}:${plan.ports.orderer}`,
    '--tls',
    '--cafile',
    folder.organisation(plan.id).tlsCa,
  ];
}

/** Flags that speak to an organisation's orderer as its operator: which channels it serves. */
export function osnadminFlags({ folder }: Pick<NetworkContext, 'folder'>, plan: OrganisationPlan): string[] {
  const files = folder.organisation(plan.id);
  const operator = files.tls('operator');
  return [
    '--orderer-address',
    `localhost:${plan.ports.ordererAdmin}`,
    '--ca-file',
    files.tlsCa,
    '--client-cert',
    join(operator, 'cert.pem'),
    '--client-key',
    join(operator, 'key.pem'),
  ];
}
