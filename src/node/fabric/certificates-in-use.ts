import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** A day in milliseconds. */
const DAY_MS = 86_400_000; // without leap seconds, as certificates count
/** Two months: time to renew a certificate with everybody's holidays in between. */
const WARNED_DAYS = 60;

/** A certificate of an organisation's processes, and how long it lasts. */
export interface CertificateInUse {
  /** What it is of, such as `identities/peer` or `tls/orderer`. */
  readonly holder: string;
  /** Whole days until it ends; negative when it has ended. */
  readonly daysLeft: number;
}

function pemFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('cert.pem'))
    .map((name) => join(folder, name));
}

/** The certificates beside a connection profile, those that its network made for this organisation. Files that are no certificates are left out. */
export function certificatesInUse(profile: string, now: Date): CertificateInUse[] {
  const folder = dirname(profile);
  const files = ['identities', 'tls'].flatMap((kind) => pemFiles(join(folder, kind)));
  return files.flatMap((file): CertificateInUse[] => {
    try {
      const { validTo } = new X509Certificate(readFileSync(file));
      const [kind = '', holder = ''] = file.slice(folder.length + 1).split(sep);
      return [
        { holder: `${kind}/${holder}`, daysLeft: Math.floor((Date.parse(validTo) - now.getTime()) / DAY_MS) },
      ];
    } catch {
      return [];
    }
  });
}

/** One sentence for each certificate that ends within sixty days. */
export function certificateWarnings(certificates: readonly CertificateInUse[]): string[] {
  return certificates
    .filter(({ daysLeft }) => daysLeft < WARNED_DAYS)
    .map(({ holder, daysLeft }) =>
      daysLeft < 0
        ? `the certificate of ${holder} has ended: renew it with "holdfast ledger rotate"`
        : `the certificate of ${holder} ends in ${daysLeft} days: renew it with "holdfast ledger rotate"`,
    );
}
