import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { expiryOf, WARNED_DAYS } from '../../ledger/index.ts';

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
      const { days } = expiryOf(file, readFileSync(file, 'utf8'), now);
      const [kind = '', holder = ''] = file.slice(folder.length + 1).split(sep);
      return [{ holder: `${kind}/${holder}`, daysLeft: days }];
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
