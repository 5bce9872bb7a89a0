import { isIP } from 'node:net';
import { CERTIFICATE_ALGORITHM, type CertificateAuthority, serialNumber, signingKey } from './authority.ts';
import { validity } from './validity.ts';
import * as x509 from './x509.ts';

/** What the holder of an identity certificate does; the organisational unit by which Fabric's NodeOUs tell them apart. */
export type CertificateRole = 'admin' | 'peer' | 'orderer' | 'client';

/** Whom an identity certificate is for. `publicKey` is SubjectPublicKeyInfo DER of a P-256 key. */
export interface RoleCertificateRequest {
  organisation: string;
  role: CertificateRole;
  /** Tells several holders of one role apart, such as `peer0`; the role's name when left out. Names no person. */
  unit?: string;
  publicKey: Uint8Array;
  now: Date;
}

/** Whom a TLS certificate is for: host names and addresses under which it is reached. */
export interface TlsCertificateRequest {
  organisation: string;
  unit: string;
  hosts: readonly string[];
  publicKey: Uint8Array;
  now: Date;
}

/** A certificate of the organisation's identity authority for a role, as PEM. Rejects with a RangeError for a unit that is no DNS label, a DataError for a key that is not P-256. */
export async function issueCertificate(
  identity: CertificateAuthority,
  request: RoleCertificateRequest,
): Promise<string> {
  const { organisation, role, unit = role, publicKey, now } = request;
  return issue(
    identity,
    publicKey,
    now,
    `CN=${label(unit)}.${organisation}, OU=${role}, O=${organisation}`,
    [],
  );
}

/** A certificate of the organisation's TLS authority for server and client use, as PEM. Rejects with a RangeError for a unit that is no DNS label, a DataError for a key that is not P-256. */
export async function issueTlsCertificate(
  tls: CertificateAuthority,
  request: TlsCertificateRequest,
): Promise<string> {
  const { organisation, unit, hosts, publicKey, now } = request;
  const names = hosts.map((host) => ({ type: isIP(host) === 0 ? 'dns' : 'ip', value: host }) as const);
  return issue(tls, publicKey, now, `CN=${label(unit)}.${organisation}, O=${organisation}`, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
    new x509.SubjectAlternativeNameExtension([...names]),
  ]);
}

async function issue(
  authority: CertificateAuthority,
  publicKey: Uint8Array,
  now: Date,
  subject: string,
  extensions: x509.Extension[],
): Promise<string> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const holder = await crypto.subtle.importKey(
    'spki',
    Uint8Array.from(publicKey),
    CERTIFICATE_ALGORITHM,
    true,
    ['verify'],
  );
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject,
    issuer: issuer.subject,
    ...validity('role', now, issuer.notAfter),
    publicKey: holder,
    signingKey: await signingKey(authority),
    signingAlgorithm: CERTIFICATE_ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(holder),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...extensions,
    ],
  });
  return certificate.toString('pem');
}

/** One DNS label: a name that could smuggle another attribute into the subject is a broken invariant of the caller. */
function label(unit: string): string {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(unit))
    throw new RangeError('A certificate unit is one lower-case DNS label.');
  return unit;
}
