import { existsSync } from 'node:fs';
import { type Keyring, openKeyring, VaultError } from '../../vault/index.ts';
import { NodeError } from '../errors.ts';
import type { OrganisationFolder } from '../organisation/folder.ts';

/**
 * Opens a keyring that is there: none is ever made in its place. Throws NodeError `passphrase-wrong` when it does not open,
 * and `input-unusable` when it is missing.
 */
export function existingKeyring(
  folder: OrganisationFolder,
  organisation: string,
  passphrase: string,
): Keyring {
  if (!existsSync(folder.keyring)) {
    throw new NodeError('input-unusable', `The keyring of ${organisation} is missing: put its file back.`);
  }
  try {
    return openKeyring(folder.keyring, passphrase);
  } catch (cause) {
    if (!(cause instanceof VaultError)) throw cause;
    const message = `The keyring of ${organisation} does not open: check the passphrase, or put its file back.`;
    throw new NodeError('passphrase-wrong', message, { cause });
  }
}
