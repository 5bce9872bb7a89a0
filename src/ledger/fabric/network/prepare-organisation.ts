import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkContext } from './network-context.ts';
import { FOLDER_MODE } from './network-folder.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { ordererSettings, peerSettings, readSample, withSettings } from './process-configuration.ts';
import { replaceFile } from './write-material.ts';

/** Writes the configuration files of an organisation's peer and orderer. `builder` is the external builder's folder. */
export function configureOrganisation(
  { folder, binaries }: NetworkContext,
  plan: OrganisationPlan,
  builder: string,
): void {
  const files = folder.organisation(plan.id);
  for (const path of [files.peerData, files.ordererData, files.chaincode])
    mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
  const core = withSettings(readSample(binaries.samples, 'core.yaml'), peerSettings(plan, files, builder));
  replaceFile(join(files.peer, 'core.yaml'), core);
  const orderer = withSettings(readSample(binaries.samples, 'orderer.yaml'), ordererSettings(plan, files));
  replaceFile(join(files.orderer, 'orderer.yaml'), orderer);
}
