import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { provision } from '../initialise.ts';
import { passphraseFor } from '../passphrase.ts';
import { DEMO_ORGANISATIONS, demoConfiguration } from './demo-configuration.ts';
import { openDemo, readDemo, removeDemo, requireDemoFolder } from './demo-folder.ts';

/** One organisation of the demo on Fabric: its own folder, port and process. */
export interface ConsortiumMember {
  readonly id: string;
  readonly name: string;
  /** Its Holdfast data folder. */
  readonly data: string;
  readonly port: number;
  readonly url: string;
}

/** The demo consortium on Fabric, as it lies in one folder. */
export interface FabricConsortium {
  readonly path: string;
  /** The Fabric network's folder. */
  readonly network: string;
  readonly members: readonly ConsortiumMember[];
}

/** How a consortium is laid out. */
export interface ConsortiumRequest {
  readonly path: string;
  /** Port of the first organisation; the others follow. */
  readonly port: number;
  readonly patients: number | undefined;
  /** Path of an organisation's connection profile in a network's folder. */
  readonly profileOf: (network: string, organisation: string) => string;
  readonly now: Date;
}

/**
 * Lays out a consortium's folders with keys and certificates, each organisation's by its own authorities; what is there
 * already stays, its ports included. Throws NodeError `input-unusable` for a folder that holds something else.
 */
export async function layOutConsortium(request: ConsortiumRequest): Promise<FabricConsortium> {
  const { path, patients, profileOf, now } = request;
  const network = join(path, 'network');
  const dataOf = (id: string) => join(path, id);
  const [first] = DEMO_ORGANISATIONS;
  const port = readDemo(dataOf(first.id))?.fabric?.port ?? request.port;
  const members = DEMO_ORGANISATIONS.map(({ id, name }, place): ConsortiumMember => {
    const own = port + place;
    return { id, name, data: dataOf(id), port: own, url: `http://localhost:${own}` };
  });
  const founders = members.map(({ id, url }) => ({ id, url }));
  for (const { id, data, port: own } of members) {
    requireDemoFolder(data);
    openDemo(data, {
      patients,
      now,
      fabric: { organisation: id, port: own, profile: profileOf(network, id), founders },
    });
    await provision(demoConfiguration(data, {}), passphraseFor('demo', {}), () => now);
  }
  return { path, network, members };
}

/** Removes the organisations' folders of a consortium that does not run; the network's is not among them. Throws as `removeDemo`. */
export function removeConsortium(path: string): void {
  for (const { id } of DEMO_ORGANISATIONS) {
    const data = join(path, id);
    if (existsSync(data)) removeDemo(data);
  }
}
