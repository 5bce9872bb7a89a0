import { LedgerError } from '../error.ts';
import type { FabricEngine, FabricOptions } from './engine.ts';

/**
 * Opens a channel through the organisation's own peer. Throws `LedgerError` `unavailable`: `profile` when the connection
 * profile cannot be used, `packages` when the gateway's packages are not installed, otherwise when the peer cannot be reached; what
 * comes later is met by trying again.
 */
export async function openFabricEngine(options: FabricOptions): Promise<FabricEngine> {
  // Loaded when asked for: a node on the embedded engine needs neither the gateway's memory nor its packages.
  const { openEngine } = await import('./engine.ts').catch((cause: unknown) => {
    const sentence = 'the packages of the Fabric gateway are missing; install without --omit=optional';
    throw new LedgerError('unavailable', sentence, { reason: 'packages', cause });
  });
  return openEngine(options);
}
