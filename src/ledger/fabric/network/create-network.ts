import { existsSync, mkdirSync } from 'node:fs';
import type { ContinuedLedger } from '../../continuation/continuation.ts';
import type { FabricBinaries } from './binaries.ts';
import { CHANNEL } from './channel-profile.ts';
import { configureAnew } from './configure-anew.ts';
import { writeProfiles } from './connection-profile.ts';
import { makeGenesis } from './genesis.ts';
import { type NetworkContext, networkContext } from './network-context.ts';
import { readDescription, writeDescription } from './network-description.ts';
import { NetworkError } from './network-error.ts';
import { FOLDER_MODE, networkFolder } from './network-folder.ts';
import type { OrganisationMaterial } from './organisation-material.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { configureOrganisation, copyBuilder } from './prepare-organisation.ts';
import { writeMaterial } from './write-material.ts';

/** What a network on one machine is made of. */
export interface CreateNetworkOptions {
  /** The network's folder. */
  readonly path: string;
  readonly binaries: FabricBinaries;
  /** Folder given to find the binaries again; absent: the cache. */
  readonly binariesFolder?: string;
  /** The external builder's folder, which ships with the package. */
  readonly builder: string;
  readonly plans: readonly OrganisationPlan[];
  /** The block and state after which a ledger goes on in the network; a ledger begins in it when left out. */
  readonly continues?: ContinuedLedger;
  /** How long a block waits for transactions, in milliseconds; 100 when left out. Fixed once there is a block 0. */
  readonly blockMs?: number | undefined;
  /** Certificates and keys from an organisation's own authorities. */
  readonly material: (plan: OrganisationPlan) => Promise<OrganisationMaterial>;
}

/** Makes a network's folder: keys, configuration, block 0. One that is there is opened as it is, configured anew for where programs are now. */
export async function createNetwork(options: CreateNetworkOptions): Promise<NetworkContext> {
  const { path, binaries, binariesFolder, builder, plans, continues } = options;
  const folder = networkFolder(path);
  if (existsSync(folder.description)) return reopen(options);
  mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
  const context = networkContext(
    path,
    {
      version: 1,
      channel: CHANNEL,
      organisations: plans,
      hosted: plans.map(({ id }) => id),
      ...(binariesFolder === undefined ? {} : { binaries: binariesFolder }),
      ...(continues === undefined ? {} : { continues }),
    },
    binaries,
  );
  copyBuilder(context, builder);
  for (const plan of plans) {
    writeMaterial(folder.organisation(plan.id), await options.material(plan));
    configureOrganisation(context, plan);
  }
  await makeGenesis(context, plans, options.blockMs);
  writeProfiles(context);
  // Last: a folder with a description is whole.
  writeDescription(path, context.description);
  return context;
}

function reopen({ path, binaries, binariesFolder, builder }: CreateNetworkOptions): NetworkContext {
  // What stood still when a backup or restore was cut short runs again.
  const { paused: _paused, ...read } = readDescription(path);
  if (!existsSync(networkFolder(path).genesis))
    throw new NetworkError(
      'network-invalid',
      `${path} is prepared and in no channel yet: run holdfast ledger join with block 0 and the others' cards.`,
    );
  const description = binariesFolder === undefined ? read : { ...read, binaries: binariesFolder };
  const context = networkContext(path, description, binaries);
  for (const id of description.hosted) configureAnew(context, id, builder);
  writeDescription(path, description);
  return context;
}
