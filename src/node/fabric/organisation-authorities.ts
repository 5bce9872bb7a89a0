import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { p256PrivateKey } from '../../identity/index.ts';
import { type Keyring, openKeyring } from '../../vault/index.ts';
import { existingKeyring } from '../operations/organisation-keyring.ts';
import { AUTHORITY_USES, makeCertificates } from '../organisation/certificates.ts';
import { type OrganisationFolder, organisationFolder, organisationPaths } from '../organisation/folder.ts';
import type { SigningAuthorities } from './organisation-material.ts';

/**
 * The authorities of an organisation out of its Holdfast data folder. Throws NodeError `input-unusable` when it was never
 * made there, `passphrase-wrong` when its keyring does not open.
 */
export function organisationAuthorities(
  data: string,
  organisation: string,
  passphrase: string,
): SigningAuthorities {
  const folder = organisationPaths(data, organisation);
  return authoritiesOf(folder, existingKeyring(folder, organisation, passphrase));
}

/** As {@link organisationAuthorities}, making what is missing: an organisation without a node yet. */
export async function makeOrganisationAuthorities(
  data: string,
  organisation: string,
  passphrase: string,
  now: Date,
): Promise<SigningAuthorities> {
  const folder = organisationFolder(data, organisation);
  const keyring = openKeyring(folder.keyring, passphrase);
  if (!existsSync(join(folder.certificates, 'root.pem')))
    await makeCertificates(folder, organisation, keyring, passphrase, now);
  return authoritiesOf(folder, keyring);
}

function authoritiesOf(folder: OrganisationFolder, keyring: Keyring): SigningAuthorities {
  const certificate = (name: string) => readFileSync(join(folder.certificates, `${name}.pem`), 'utf8');
  const authority = (name: 'identity' | 'tls') => ({
    certificate: certificate(name),
    privateKey: p256PrivateKey(keyring.key(AUTHORITY_USES[name]).key),
  });
  return {
    root: { certificate: certificate('root') },
    identity: authority('identity'),
    tls: authority('tls'),
  };
}
