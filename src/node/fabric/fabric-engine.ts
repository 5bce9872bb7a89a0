import { isAbsolute, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type FabricEngine, LedgerError, openFabricEngine } from '../../ledger/index.ts';
import type { FabricConfiguration } from '../configuration.ts';
import type { LedgerEngine } from '../network/ledger-engine.ts';
import { certificatesInUse, certificateWarnings } from './certificates-in-use.ts';
import { networkStatusReader } from './network-status.ts';

/** After a reboot nodes and peers come up in any order. */
const PEER_WAIT_MS = 300_000; // a peer that recovers a long ledger; then the supervisor starts the node anew
/** Pause between two tries. */
const RETRY_MS = 500;

/** What no waiting changes: a profile that cannot be read, packages that are not installed. */
const FINAL = new Set(['profile', 'packages']);

/** How a Fabric engine is opened. */
export interface FabricEngineOptions {
  readonly data: string;
  readonly ledger: FabricConfiguration;
  readonly now: () => Date;
  readonly onProgress: (what: string) => void;
}

async function openPatiently(
  profile: string,
  { now, onProgress }: FabricEngineOptions,
): Promise<FabricEngine> {
  const endMs = performance.now() + PEER_WAIT_MS;
  for (;;) {
    try {
      return await openFabricEngine({ profile, now });
    } catch (error) {
      const waits =
        error instanceof LedgerError && error.code === 'unavailable' && !FINAL.has(error.reason ?? '');
      if (!waits || performance.now() > endMs) throw error;
      onProgress(`waiting for the own peer: ${error.message}`);
      await pause(RETRY_MS);
    }
  }
}

/** The ledger on Hyperledger Fabric as this organisation reaches it, through its own peer. Throws LedgerError, and what a wrong profile throws. */
export async function fabricEngine(options: FabricEngineOptions): Promise<LedgerEngine> {
  const { data, ledger, now } = options;
  const profile = isAbsolute(ledger.profile) ? ledger.profile : join(data, ledger.profile);
  const engine = await openPatiently(profile, options);
  return {
    name: 'fabric',
    // The certificate of the profile says who submits: neither organisation nor keyring is asked.
    connect: ({ role, ledgerLog }) =>
      engine.connect({ role, ...(ledgerLog === undefined ? {} : { ledgerLog }) }),
    certificates: () => certificatesInUse(profile, now()),
    warnings: () => certificateWarnings(certificatesInUse(profile, now())),
    network: networkStatusReader(profile),
    close: () => engine.close(),
  };
}
