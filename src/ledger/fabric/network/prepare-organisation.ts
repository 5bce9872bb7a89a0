import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkContext } from './network-context.ts';
import { FOLDER_MODE } from './network-folder.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { ordererSettings, peerSettings, readSample, withSettings } from './process-configuration.ts';
import { replaceFile } from './write-material.ts';

/** Programs of the external builder (Fabric: "External Builders and Launchers"). */
const BUILDER_PROGRAMS = ['detect', 'build', 'release'];
const PROGRAM_MODE = 0o755; // peers run them

/** Copies the external builder into a network's folder; `source` is where it ships. */
export function copyBuilder({ folder }: Pick<NetworkContext, 'folder'>, source: string): void {
  const bin = join(folder.builder, 'bin');
  mkdirSync(bin, { recursive: true, mode: FOLDER_MODE });
  for (const name of BUILDER_PROGRAMS) {
    copyFileSync(join(source, 'bin', name), join(bin, name));
    chmodSync(join(bin, name), PROGRAM_MODE);
  }
}

/** Writes the configuration files of an organisation's peer and orderer. */
export function configureOrganisation({ folder, binaries }: NetworkContext, plan: OrganisationPlan): void {
  const files = folder.organisation(plan.id);
  for (const path of [files.peerData, files.ordererData, files.chaincode])
    mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
  const core = withSettings(
    readSample(binaries.samples, 'core.yaml'),
    peerSettings(plan, files, folder.builder),
  );
  replaceFile(join(files.peer, 'core.yaml'), core);
  const orderer = withSettings(readSample(binaries.samples, 'orderer.yaml'), ordererSettings(plan, files));
  replaceFile(join(files.orderer, 'orderer.yaml'), orderer);
}
