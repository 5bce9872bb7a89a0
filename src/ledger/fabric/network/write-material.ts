import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { FILE_MODE, FOLDER_MODE, type OrganisationFiles } from './network-folder.ts';
import type {
  KeyPair,
  OrganisationAuthorityCertificates,
  OrganisationMaterial,
} from './organisation-material.ts';

/** Fabric tells roles apart by the organisational unit that the identity authority wrote (NodeOUs). */
const ROLES = {
  NodeOUs: {
    Enable: true,
    ClientOUIdentifier: { OrganizationalUnitIdentifier: 'client' },
    PeerOUIdentifier: { OrganizationalUnitIdentifier: 'peer' },
    AdminOUIdentifier: { OrganizationalUnitIdentifier: 'admin' },
    OrdererOUIdentifier: { OrganizationalUnitIdentifier: 'orderer' },
  },
};

/** Replaces a file as one step: a process that reads it meanwhile sees the old or the new, never half. */
export function replaceFile(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
  const next = `${path}.next`;
  writeFileSync(next, content, { mode: FILE_MODE });
  renameSync(next, path);
}

/** Writes what verifies an organisation's certificates as an MSP folder; what was there is replaced. */
export function writeVerifyingMsp(path: string, authorities: OrganisationAuthorityCertificates): void {
  for (const folder of ['cacerts', 'intermediatecerts', 'tlscacerts'])
    rmSync(join(path, folder), { recursive: true, force: true });
  replaceFile(join(path, 'cacerts', 'root.pem'), authorities.root);
  for (const [at, certificate] of authorities.identity.entries())
    replaceFile(join(path, 'intermediatecerts', `identity-${at}.pem`), certificate);
  for (const [at, certificate] of authorities.tls.entries())
    replaceFile(join(path, 'tlscacerts', `tls-${at}.pem`), certificate);
  replaceFile(join(path, 'config.yaml'), stringify(ROLES));
}

/** Writes an identity's MSP folder, with its key. */
export function writeSigningMsp(
  path: string,
  authorities: OrganisationAuthorityCertificates,
  pair: KeyPair,
): void {
  writeVerifyingMsp(path, authorities);
  replaceFile(join(path, 'keystore', 'key.pem'), pair.privateKey);
  replaceFile(join(path, 'signcerts', 'cert.pem'), pair.certificate);
}

/** Writes a TLS holder's certificate and key. */
export function writeTls(folder: string, pair: KeyPair): void {
  replaceFile(join(folder, 'key.pem'), pair.privateKey);
  replaceFile(join(folder, 'cert.pem'), pair.certificate);
}

/** Writes everything that an organisation's processes need of keys and certificates. */
export function writeMaterial(files: OrganisationFiles, material: OrganisationMaterial): void {
  const { authorities } = material;
  writeVerifyingMsp(files.msp, authorities);
  for (const [holder, pair] of Object.entries(material.identities))
    writeSigningMsp(files.identity(holder), authorities, pair);
  replaceFile(files.tlsCa, authorities.tls.join(''));
  for (const [holder, pair] of Object.entries(material.tls)) writeTls(files.tls(holder), pair);
}
