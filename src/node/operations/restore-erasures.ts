import { existsSync } from 'node:fs';
import { Enrolment } from '../../identity/index.ts';
import { openStoredLedger } from '../../ledger/index.ts';
import type { Keyring, Vault } from '../../vault/index.ts';
import { contracts } from '../network/contracts.ts';
import { openDataDatabase, openIdentityDatabase, openKeyDatabase } from '../organisation/databases.ts';
import { ledgerFile, organisationPaths } from '../organisation/folder.ts';
import { committedErasures } from '../organisation/vault.ts';
import { openStoredVault } from './stored-vault.ts';

/**
 * Carries out, in restored files, every erasure that the ledger knows of an organisation, and those of the tombstones in
 * its own data; forgets the enrolled keys of erased patients. Returns how many destroyed keys the ledger knows.
 */
export async function applyErasures(data: string, organisation: string, keyring: Keyring): Promise<number> {
  const folder = organisationPaths(data, organisation);
  if (!existsSync(folder.data)) return 0;
  const ids = await erasedKeys(data, organisation);
  const [store, keys, identity] = [
    openDataDatabase(folder.data),
    openKeyDatabase(folder.keys),
    openIdentityDatabase(folder.identity),
  ];
  try {
    const vault = await openStoredVault({ organisation, data: store, keys, keyring });
    await vault.applyErasures(ids);
    const enrolment = new Enrolment({
      database: identity,
      keys: keyring,
      organisation,
      ledger: '',
      patientExists: () => false,
    });
    await forgetErased(vault, enrolment);
    await vault.close();
    return ids.length;
  } finally {
    for (const database of [identity, keys, store]) database.close();
  }
}

async function erasedKeys(data: string, organisation: string): Promise<string[]> {
  if (!existsSync(ledgerFile(data))) return [];
  const ledger = openStoredLedger({ path: ledgerFile(data), contracts, immutable: true });
  try {
    return (await committedErasures(ledger, organisation)).map(({ id }) => id);
  } finally {
    ledger.close();
  }
}

async function forgetErased(vault: Vault, enrolment: Enrolment): Promise<void> {
  for (const patient of enrolment.patients()) {
    if ((await vault.head('Patient', patient))?.erased === true) enrolment.forgetPatient(patient);
  }
}
