import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { CONFIGURATION_FILE, type Configuration } from '../configuration.ts';
import { readDemo, writeDemo } from '../demo/demo-folder.ts';
import { NodeError } from '../errors.ts';
import { networkProfile } from '../fabric/demo-network.ts';
import { publicUrl } from '../network/log-origin.ts';
import { cloneOrganisation } from '../operations/clone.ts';

/** Where the organisations of one folder go, each into a folder of its own. */
export interface Separation {
  /** The folder that holds them all. */
  readonly configuration: Configuration;
  /** Folder for theirs. */
  readonly to: string;
  /** Folder of the network that they will share. */
  readonly network: string;
  /** Port of the first; the others follow. The folder's own when left out. */
  readonly port?: number;
  readonly onProgress: (what: string) => void;
}

/** One organisation in a folder of its own. */
export interface SeparateOrganisation {
  readonly id: string;
  readonly data: string;
  readonly port: number;
  /** Where clients and members reach it from now on. */
  readonly url: string;
}

/**
 * Where each organisation will be. Those that share a public address keep it: a proxy leads `/orgs/<org>` to each one's port.
 */
export function separateOrganisations({
  configuration,
  to,
  port: asked,
}: Pick<Separation, 'configuration' | 'to' | 'port'>): SeparateOrganisation[] {
  return configuration.organisations.map(({ id }, place) => {
    const port = (asked ?? configuration.port) + place;
    return { id, data: join(to, id), port, url: publicUrl({ ...configuration, port }) };
  });
}

/** Throws NodeError `target-not-empty` when an organisation's folder is there already. */
export function requireFreeFolders(separation: Separation): void {
  const taken = separateOrganisations(separation).find(({ data }) => existsSync(data));
  if (taken === undefined) return;
  const sentence = `${taken.data} is there already: name a folder with --to in which no organisation has its data.`;
  throw new NodeError('target-not-empty', sentence);
}

/** Gives each organisation its folder; one that an earlier run made whole stays. */
export async function separateFolders(separation: Separation): Promise<SeparateOrganisation[]> {
  const { configuration, to, onProgress } = separation;
  const organisations = separateOrganisations(separation);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const organisation of organisations) {
    const { id, data } = organisation;
    if (existsSync(data)) continue;
    onProgress(`giving ${id} a folder of its own`);
    const partial = `${data}.partial`;
    rmSync(partial, { recursive: true, force: true });
    await cloneOrganisation(configuration, id, partial);
    writeOwnConfiguration(separation, organisation, organisations, partial);
    // Last: a folder under its own name is whole.
    renameSync(partial, data);
  }
  return organisations;
}

/** The configuration of one organisation alone, with the network's profile in place of the folder's own ledger. */
function writeOwnConfiguration(
  { configuration, network }: Separation,
  { id, port }: SeparateOrganisation,
  all: readonly SeparateOrganisation[],
  folder: string,
): void {
  const profile = networkProfile(network, id);
  const demo = readDemo(configuration.data);
  if (demo !== undefined) {
    const founders = all.map((each) => ({ id: each.id, url: each.url }));
    writeDemo(folder, { ...demo, fabric: { organisation: id, port, profile, founders } });
    return;
  }
  const file = parse(readFileSync(join(configuration.data, CONFIGURATION_FILE), 'utf8')) as {
    organisations: { id: string }[];
  };
  const own = {
    ...file,
    port,
    ledger: { engine: 'fabric', profile },
    organisations: file.organisations.filter((organisation) => organisation.id === id),
  };
  writeFileSync(join(folder, CONFIGURATION_FILE), stringify(own), { mode: 0o600 });
}
