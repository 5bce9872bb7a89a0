import { lockFolder } from '../../database/index.ts';
import type { RotationProgress } from '../../vault/index.ts';
import type { Configuration } from '../configuration.ts';
import { NodeError } from '../errors.ts';
import { openDataDatabase, openKeyDatabase } from '../organisation/databases.ts';
import { organisationPaths } from '../organisation/folder.ts';
import { existingKeyring } from './organisation-keyring.ts';
import { openStoredVault } from './stored-vault.ts';

/** Whose keys to rotate, and with what. */
export interface RotationRequest {
  readonly configuration: Configuration;
  readonly organisation: string;
  readonly passphrase: string;
  readonly onProgress: (progress: RotationProgress) => void;
}

/**
 * Wraps every key of an organisation anew under a new key-encryption key; its content is not touched. The node must be
 * stopped: it holds the keys in memory. Throws NodeError, VaultError, and DatabaseError `locked`.
 */
export async function rotateOrganisationKeys(request: RotationRequest): Promise<RotationProgress> {
  const { configuration, organisation, passphrase, onProgress } = request;
  if (!configuration.organisations.some(({ id }) => id === organisation)) {
    throw new NodeError('input-unusable', `The data folder hosts no organisation ${organisation}.`);
  }
  const lock = lockFolder(configuration.data);
  try {
    const folder = organisationPaths(configuration.data, organisation);
    const keyring = existingKeyring(folder, organisation, passphrase);
    const data = openDataDatabase(folder.data);
    const keys = openKeyDatabase(folder.keys);
    try {
      const vault = await openStoredVault({ organisation, data, keys, keyring });
      const done = await vault.rotate(onProgress);
      await vault.close();
      return done;
    } finally {
      keys.close();
      data.close();
    }
  } finally {
    lock.release();
  }
}
