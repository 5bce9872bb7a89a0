import { existsSync, mkdirSync } from 'node:fs';
import { CHANNEL } from './channel-profile.ts';
import type { CreateNetworkOptions } from './create-network.ts';
import { type NetworkContext, networkContext } from './network-context.ts';
import { readDescription, writeDescription } from './network-description.ts';
import { NetworkError } from './network-error.ts';
import { FOLDER_MODE, networkFolder } from './network-folder.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { configureOrganisation, copyBuilder } from './prepare-organisation.ts';
import { writeMaterial } from './write-material.ts';

/** What one organisation's part of a network across machines is made of. */
export interface CreatePartOptions extends Omit<CreateNetworkOptions, 'plans'> {
  readonly plan: OrganisationPlan;
}

/**
 * Makes one organisation's own part in a folder: its keys, which never leave it, and the configuration of its processes. No
 * channel yet: that comes with block 0. A part that is there stays; rejects with NetworkError `network-invalid` when the folder is
 * another organisation's, or its host or ports are to be others.
 */
export async function createPart(options: CreatePartOptions): Promise<NetworkContext> {
  const { path, binaries, binariesFolder, builder, plan } = options;
  const folder = networkFolder(path);
  if (existsSync(folder.description)) return reopened(options);
  mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
  const context = networkContext(
    path,
    {
      version: 1,
      channel: CHANNEL,
      organisations: [plan],
      hosted: [plan.id],
      ...(binariesFolder === undefined ? {} : { binaries: binariesFolder }),
    },
    binaries,
  );
  copyBuilder(context, builder);
  writeMaterial(folder.organisation(plan.id), await options.material(plan));
  configureOrganisation(context, plan);
  // Last: a folder with a description is whole.
  writeDescription(path, context.description);
  return context;
}

function reopened({ path, binaries, plan }: CreatePartOptions): NetworkContext {
  const description = readDescription(path);
  const known = description.organisations.find(({ id }) => id === plan.id);
  const isSame =
    known?.host === plan.host && known.bind === plan.bind && known.ports.orderer === plan.ports.orderer;
  if (description.hosted.join() !== plan.id || !isSame)
    throw new NetworkError(
      'network-invalid',
      `${path} holds something else already: ${description.hosted.join(', ')} at ${known?.host ?? 'another host'}. Take an empty folder.`,
    );
  return networkContext(path, description, binaries);
}
