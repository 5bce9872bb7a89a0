import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deployChaincode, joinNetwork, stopNetwork, superviseNetwork } from '../../ledger/index.ts';
import type { FabricConsortium } from '../demo/fabric-consortium.ts';
import { passphraseFor } from '../passphrase.ts';
import { prepareLedgerNetwork } from './open-ledger-network.ts';

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

/**
 * Makes the demo's network, each organisation's certificates by the authorities in its own data folder, or starts the one
 * that is there; this process supervises it. Throws NetworkError, and NodeError when the chaincode is not built.
 */
export async function openDemoNetwork(request: DemoNetworkRequest): Promise<DemoNetwork> {
  const { consortium, basePort, binaries, environment, onProgress } = request;
  const context = await prepareLedgerNetwork({
    path: consortium.network,
    organisations: consortium.members.map(({ id, data }) => ({ id, data })),
    basePort,
    binaries,
    passphrase: () => passphraseFor('demo', {}),
    environment,
    onProgress,
  });
  const ending = new AbortController();
  const supervising = superviseNetwork({
    path: consortium.network,
    binaries: context.binaries,
    signal: ending.signal,
    tell: () => undefined,
  });
  const stop = async (): Promise<void> => {
    ending.abort();
    await supervising;
  };
  const works = joinNetwork(context, onProgress).then(() => deployChaincode(context, onProgress));
  try {
    // Supervision ends by itself only with an error, such as another supervisor of the same network.
    await Promise.race([works, supervising]);
    return { stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

/** Stops what still runs of a demo's network and removes it; a folder that holds none stays as it is. */
export async function removeDemoNetwork(network: string): Promise<void> {
  if (!existsSync(join(network, 'network.json'))) return;
  await stopNetwork(network);
  rmSync(network, { recursive: true, force: true });
}
