import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fabricBinaries, localPlans, type OrganisationPlan, startNetwork } from '../../ledger/index.ts';
import { openKeyring } from '../../vault/index.ts';
import type { FabricConsortium } from '../demo/fabric-consortium.ts';
import { signingAuthorities } from '../organisation/certificates.ts';
import { organisationFolder } from '../organisation/folder.ts';
import { passphraseFor } from '../passphrase.ts';
import { issueMaterial } from './organisation-material.ts';
import { builderFolder, chaincodeSource, toolsModule } from './shipped.ts';

/** A network of all four organisations that this process keeps running. */
export interface DemoNetwork {
  /** Stops every process of it. */
  stop(): Promise<void>;
}

/** What a demo's network needs. */
export interface DemoNetworkRequest {
  readonly consortium: FabricConsortium;
  /** First port of the network's processes. */
  readonly basePort: number;
  /** A folder of official binaries; built and cached when left out. */
  readonly binaries: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (what: string) => void;
}

/** Path of an organisation's connection profile in a network's folder. */
export function demoProfile(network: string, organisation: string): string {
  return join(network, 'organisations', organisation, 'connection.json');
}

/** Certificates for an organisation's processes by the authorities in its own data folder: nobody else signs for it. */
function materialFor({ members }: FabricConsortium) {
  return ({ id, host }: OrganisationPlan) => {
    const data = members.find((member) => member.id === id)?.data;
    if (data === undefined) throw new Error('every organisation of the demo has a folder');
    const folder = organisationFolder(data, id);
    const keyring = openKeyring(folder.keyring, passphraseFor('demo', {}));
    const authorities = signingAuthorities(folder, keyring);
    return issueMaterial(authorities, { organisation: id, hosts: [host], now: new Date() });
  };
}

/** Makes the demo's network, or starts the one that is there. Throws NetworkError, and NodeError when the chaincode is not built. */
export async function openDemoNetwork(request: DemoNetworkRequest): Promise<DemoNetwork> {
  const { consortium, basePort, binaries: folder, environment, onProgress } = request;
  const binaries = await fabricBinaries({
    toolsModule: toolsModule(),
    binaries: folder,
    environment,
    onProgress,
  });
  return startNetwork({
    path: consortium.network,
    binaries,
    ...(folder === undefined ? {} : { binariesFolder: folder }),
    builder: builderFolder(),
    plans: localPlans(
      consortium.members.map(({ id }) => id),
      basePort,
    ),
    material: materialFor(consortium),
    chaincode: chaincodeSource(),
    onProgress,
  });
}

/** Removes a demo's network that does not run; a folder that holds none stays as it is. */
export function removeDemoNetwork(network: string): void {
  if (existsSync(join(network, 'network.json'))) rmSync(network, { recursive: true, force: true });
}
