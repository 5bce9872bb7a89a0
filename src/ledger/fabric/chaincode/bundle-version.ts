import { createHash } from 'node:crypto';

/** The version of a bundle: `<semver>+<hexadecimal SHA-256 of the file>`: whoever approves the version approves the code. */
export function bundleVersion(semver: string, bundle: Uint8Array): string {
  return `${semver}+${createHash('sha256').update(bundle).digest('hex')}`;
}

/** Why a chaincode process must not start: the approved version names other code. Undefined when it may. */
export function refusalToStart(approved: string, own: string): string | undefined {
  if (approved === own) return undefined;
  return `the organisations approved version ${approved || '(none)'}, this code is ${own}; install the approved release`;
}
