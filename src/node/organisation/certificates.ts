import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CertificateAuthority,
  createOrganisationAuthorities,
  exportOfflineRoot,
  p256PrivateKey,
  p256Scalar,
} from '../../identity/index.ts';
import type { Keyring } from '../../vault/index.ts';
import type { OrganisationFolder } from './folder.ts';

/** Keyring uses of the authorities' private keys; the root's is not among them: it goes offline. */
const AUTHORITY_USES = { identity: 'authority-identity', tls: 'authority-tls' } as const;

/**
 * Makes an organisation's certificate authorities (DESIGN §6): certificates as PEM files, the identity and TLS keys into the
 * keyring, the offline root's key into a file of its own, sealed by the passphrase, to be taken away from this machine.
 */
export async function makeCertificates(
  folder: OrganisationFolder,
  organisation: string,
  keyring: Keyring,
  passphrase: string,
  now: Date,
): Promise<void> {
  const authorities = await createOrganisationAuthorities(organisation, now);
  const write = (name: string, content: string | Uint8Array) =>
    writeFileSync(join(folder.certificates, name), content, { mode: 0o600 });
  write('root.pem', authorities.root.certificate);
  write('identity.pem', authorities.identity.certificate);
  write('tls.pem', authorities.tls.certificate);
  exportOfflineRoot(join(folder.certificates, 'root.key.sealed'), organisation, authorities.root, passphrase);
  keyring.add(AUTHORITY_USES.identity, p256Scalar(authorities.identity.privateKey));
  keyring.add(AUTHORITY_USES.tls, p256Scalar(authorities.tls.privateKey));
}

/** The authorities that sign for an organisation day by day; of the root, which is offline, only the certificate. */
export interface SigningAuthorities {
  readonly root: Pick<CertificateAuthority, 'certificate'>;
  readonly identity: CertificateAuthority;
  readonly tls: CertificateAuthority;
}

/** An organisation's signing authorities out of its folder and keyring, as `makeCertificates` left them. */
export function signingAuthorities(folder: OrganisationFolder, keyring: Keyring): SigningAuthorities {
  const certificate = (name: string) => readFileSync(join(folder.certificates, name), 'utf8');
  const authority = (name: string, use: string): CertificateAuthority => {
    const newest = keyring.keys(use).at(-1);
    if (newest === undefined) throw new Error('the certificate authorities are made with the keyring');
    return { certificate: certificate(name), privateKey: p256PrivateKey(newest.key) };
  };
  return {
    root: { certificate: certificate('root.pem') },
    identity: authority('identity.pem', AUTHORITY_USES.identity),
    tls: authority('tls.pem', AUTHORITY_USES.tls),
  };
}
