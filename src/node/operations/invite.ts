import { lockFolder } from '../../database/index.ts';
import { isRole, type NewAccount, openDirectory, tokenRealm } from '../../identity/index.ts';
import type { Keyring } from '../../vault/index.ts';
import type { Configuration } from '../configuration.ts';
import { NodeError } from '../errors.ts';
import { publicUrl } from '../network/log-origin.ts';
import { openIdentityDatabase } from '../organisation/databases.ts';
import { organisationPaths } from '../organisation/folder.ts';
import { existingKeyring } from './organisation-keyring.ts';

/** What `invite` needs. */
export interface InviteRequest {
  readonly configuration: Configuration;
  readonly organisation: string;
  readonly keyring: Keyring | undefined;
  readonly account: NewAccount;
}

/** A one-time link for somebody, who sets a password with it. */
export interface Invitation {
  readonly login: string;
  readonly url: string;
  readonly expires: string;
}

/**
 * Lets somebody in on a stopped folder: makes their account if there is none with this login, and gives a one-time link. Throws
 * NodeError `input-unusable`, IdentityError `account-invalid`.
 */
export function invite({ configuration, organisation, keyring, account }: InviteRequest): Invitation {
  const configured = configuration.organisations.find(({ id }) => id === organisation);
  if (configured === undefined || keyring === undefined)
    throw new NodeError('input-unusable', `The data folder hosts no organisation ${organisation}.`);
  const database = openIdentityDatabase(organisationPaths(configuration.data, organisation).identity);
  try {
    const { directory, links } = openDirectory({
      database,
      keys: keyring,
      realm: tokenRealm(publicUrl(configuration), organisation),
      organisationName: configured.name,
      now: () => new Date(),
    });
    const invited = directory.byLogin(account.login) ?? directory.add(account);
    return { login: invited.login, ...links.make(invited, Date.now()) };
  } finally {
    database.close();
  }
}

/** Somebody to be let in by a verb: roles are as they were typed. */
export interface FolderInviteRequest {
  readonly configuration: Configuration;
  readonly organisation: string;
  readonly passphrase: string;
  readonly account: Omit<NewAccount, 'roles'> & { readonly roles: readonly string[] };
}

/** As {@link invite}, on a folder whose node is stopped. Throws also NodeError `keys-missing` and DatabaseError `locked`. */
export function inviteToFolder({
  configuration,
  organisation,
  passphrase,
  account,
}: FolderInviteRequest): Invitation {
  const { roles } = account;
  if (!roles.every(isRole))
    throw new NodeError('input-unusable', 'There is no such role: see docs/install.md.');
  const lock = lockFolder(configuration.data);
  try {
    const folder = organisationPaths(configuration.data, organisation);
    const hosted = configuration.organisations.some(({ id }) => id === organisation);
    const keyring = hosted ? existingKeyring(folder, organisation, passphrase) : undefined;
    return invite({ configuration, organisation, keyring, account: { ...account, roles } });
  } finally {
    lock.release();
  }
}
