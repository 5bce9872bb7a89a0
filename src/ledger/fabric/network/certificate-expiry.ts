import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OrganisationFiles } from './network-folder.ts';
import type { IdentityHolder, TlsHolder } from './organisation-material.ts';

/** Certificates are renewed this long before they end: two monthly maintenance windows. */
export const WARNED_DAYS = 60; // DESIGN: warned 60 days before expiry
const DAY_MS = 24 * 60 * 60 * 1000; // whole days are enough to plan by

/** When a certificate ends. */
export interface CertificateExpiry {
  /** Such as `identity/peer` or `tls/orderer`. */
  readonly name: string;
  readonly expires: string;
  /** Whole days left; negative when it has ended. */
  readonly days: number;
}

const IDENTITIES: readonly IdentityHolder[] = ['orderer', 'peer', 'admin', 'client'];
const TLS: readonly TlsHolder[] = ['orderer', 'peer', 'chaincode', 'chaincode-client', 'operator'];

/** When the certificates of an organisation's part of a network end, soonest first. Files that are not there are left out. */
export function certificateExpiries(files: OrganisationFiles, now: Date): CertificateExpiry[] {
  const named = [
    ...IDENTITIES.map(
      (holder) => [`identity/${holder}`, join(files.identity(holder), 'signcerts', 'cert.pem')] as const,
    ),
    ...TLS.map((holder) => [`tls/${holder}`, join(files.tls(holder), 'cert.pem')] as const),
    ['authority/root', join(files.msp, 'cacerts', 'root.pem')] as const,
    ['authority/identity', join(files.msp, 'intermediatecerts', 'identity-0.pem')] as const,
    ['authority/tls', join(files.msp, 'tlscacerts', 'tls-0.pem')] as const,
  ];
  return named
    .filter(([, file]) => existsSync(file))
    .map(([name, file]) => expiryOf(name, readFileSync(file, 'utf8'), now))
    .sort((a, b) => a.days - b.days);
}

/** When one certificate ends. */
export function expiryOf(name: string, pem: string, now: Date): CertificateExpiry {
  const ends = new X509Certificate(pem).validToDate;
  return { name, expires: ends.toISOString(), days: Math.floor((ends.getTime() - now.getTime()) / DAY_MS) };
}
