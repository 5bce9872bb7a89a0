import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from '../../crypto/index.ts';
import type { Keyring } from '../../vault/index.ts';
import type { LedgerEngine } from '../network/ledger-engine.ts';
import { committedErasures } from '../organisation/vault.ts';
import { applyErasures } from './restore-erasures.ts';

/** The file in a restored folder that says that the ledger was not at hand: erasures since the backup are still to be carried out. */
const UNFINISHED_FILE = 'restored.json';

/** Remembers that a folder was restored without its ledger, which is on the network. */
export function leaveUnfinished(data: string, time: string): void {
  writeFileSync(join(data, UNFINISHED_FILE), `${JSON.stringify({ v: 1, time })}\n`, {
    mode: 0o600,
    flush: true,
  });
}

/**
 * Carries out, before anything is served, every erasure that the ledger knows, in a folder that was restored without it. The own peer may
 * have been restored too: a heartbeat of this organisation, once final, shows that it has everything ordered before. Throws LedgerError
 * `unavailable` while it does not come. Nothing happens in any other folder.
 */
export async function finishRestore(
  data: string,
  engine: LedgerEngine,
  keyrings: ReadonlyMap<string, Keyring>,
): Promise<void> {
  const marker = join(data, UNFINISHED_FILE);
  if (!existsSync(marker)) return;
  for (const [organisation, keyring] of keyrings) {
    const ledger = engine.connect({ organisation, role: 'node', keyring });
    const sequence = randomBytes(6).readUIntBE(0, 6);
    await ledger.submit({ contract: 'membership', name: 'heartbeat', args: { sequence } });
    const erased = await committedErasures(ledger, organisation);
    await applyErasures(
      data,
      organisation,
      keyring,
      erased.map(({ id }) => id),
    );
  }
  rmSync(marker);
}
