import { type CertificateLifetime, validity } from './validity.ts';
import * as x509 from './x509.ts';

/** P-256 with SHA-256: what Hyperledger Fabric's MSP and every TLS stack take. */
export const CERTIFICATE_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A certificate authority: its certificate as PEM and its private key as PKCS #8 DER. */
export interface CertificateAuthority {
  certificate: string;
  privateKey: Uint8Array;
}

/** The three authorities of an organisation. */
export interface OrganisationAuthorities {
  /** Signs nothing but the identity authority: belongs offline, see `exportOfflineRoot`. */
  root: CertificateAuthority;
  /** Intermediate below the root. Names roles of the organisation; later the Fabric MSP. */
  identity: CertificateAuthority;
  /** Self-signed and apart: no TLS certificate can ever chain to the identity root and pass as a member. */
  tls: CertificateAuthority;
}

/** New authorities with new keys. Certificates name the organisation by its id and roles, never persons. */
export async function createOrganisationAuthorities(
  organisation: string,
  now: Date,
): Promise<OrganisationAuthorities> {
  const root = await authority({ organisation, title: 'Root', lifetime: 'root', pathLength: 1, now });
  const identity = await authority({
    organisation,
    title: 'Identity',
    lifetime: 'authority',
    pathLength: 0,
    now,
    issuer: root,
  });
  const tls = await authority({ organisation, title: 'TLS', lifetime: 'authority', pathLength: 0, now });
  return { root, identity, tls };
}

/** Another identity authority below the same root, before the present one ends or when its key is lost. */
export function renewIdentityAuthority(
  organisation: string,
  root: CertificateAuthority,
  now: Date,
): Promise<CertificateAuthority> {
  return authority({
    organisation,
    title: 'Identity',
    lifetime: 'authority',
    pathLength: 0,
    now,
    issuer: root,
  });
}

interface AuthorityRequest {
  organisation: string;
  title: 'Root' | 'Identity' | 'TLS';
  lifetime: CertificateLifetime;
  /** How many authorities may stand below (RFC 5280 §4.2.1.9). */
  pathLength: number;
  now: Date;
  issuer?: CertificateAuthority;
}

async function authority(request: AuthorityRequest): Promise<CertificateAuthority> {
  const { organisation, title, lifetime, pathLength, now, issuer } = request;
  const keys = await crypto.subtle.generateKey(CERTIFICATE_ALGORITHM, true, ['sign', 'verify']);
  const subject = `CN=${title} CA, O=${organisation}`;
  const above = issuer === undefined ? undefined : new x509.X509Certificate(issuer.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject,
    issuer: above?.subject ?? subject,
    ...validity(lifetime, now, above?.notAfter),
    publicKey: keys.publicKey,
    signingKey: issuer === undefined ? keys.privateKey : await signingKey(issuer),
    signingAlgorithm: CERTIFICATE_ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, pathLength, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(above?.publicKey ?? keys.publicKey),
    ],
  });
  const privateKey = new Uint8Array(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { certificate: certificate.toString('pem'), privateKey };
}

/** The private key of an authority, ready to sign. Rejects with a DOMException when it is not a P-256 key. */
export function signingKey(authority: CertificateAuthority): Promise<CryptoKey> {
  return crypto.subtle.importKey(
    'pkcs8',
    Uint8Array.from(authority.privateKey),
    CERTIFICATE_ALGORITHM,
    false,
    ['sign'],
  );
}

/** 127 random bits, positive and not zero (RFC 5280 §4.1.2.2). */
export function serialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40; // positive without a leading zero byte
  return bytes.toHex();
}
