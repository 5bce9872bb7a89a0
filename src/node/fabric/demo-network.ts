import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FabricConsortium } from '../demo/fabric-consortium.ts';

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
  readonly onProgress: (what: string) => void;
}

/** Path of an organisation's connection profile in a network's folder. */
export function demoProfile(network: string, organisation: string): string {
  return join(network, 'organisations', organisation, 'connection.json');
}
