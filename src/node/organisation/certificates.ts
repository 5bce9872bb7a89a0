import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOrganisationAuthorities, exportOfflineRoot, p256Scalar } from '../../identity/index.ts';
import type { Keyring } from '../../vault/index.ts';
import type { OrganisationFolder } from './folder.ts';

/** Keyring uses of the authorities' private keys; the root's is not among them: it goes offline. */
export const AUTHORITY_USES = { identity: 'authority-identity', tls: 'authority-tls' } as const;

/**
 * Makes an organisation's certificate authorities (DESIGN §6): certificates as PEM files, the identity and TLS keys into the
 * keyring, the offline root's key into a file of its own, sealed by the passphrase, to be taken away from this machine.
 * `costLog2`: log₂ of scrypt's N, 15 to 20; 17 when left out.
 */
export async function makeCertificates(
  folder: OrganisationFolder,
  organisation: string,
  keyring: Keyring,
  passphrase: string,
  now: Date,
  costLog2?: number,
): Promise<void> {
  const authorities = await createOrganisationAuthorities(organisation, now);
  const write = (name: string, content: string | Uint8Array) =>
    writeFileSync(join(folder.certificates, name), content, { mode: 0o600 });
  write('root.pem', authorities.root.certificate);
  write('identity.pem', authorities.identity.certificate);
  write('tls.pem', authorities.tls.certificate);
  const offline = join(folder.certificates, 'root.key.sealed');
  exportOfflineRoot(offline, organisation, authorities.root, passphrase, costLog2);
  keyring.add(AUTHORITY_USES.identity, p256Scalar(authorities.identity.privateKey));
  keyring.add(AUTHORITY_USES.tls, p256Scalar(authorities.tls.privateKey));
}
