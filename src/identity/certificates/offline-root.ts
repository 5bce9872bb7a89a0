import { readFileSync, writeFileSync } from 'node:fs';
import { openWithPassphrase, sealWithPassphrase } from '../../crypto/index.ts';
import { IdentityError } from '../errors.ts';
import type { CertificateAuthority } from './authority.ts';

const TYPE = 'holdfast/offline-root/v1';

/**
 * Writes the root, its key sealed by a passphrase of its own, to a file to be taken offline. Readable by the owner
 * only; an existing file is never overwritten (throws EEXIST). The certificate stays readable: partners need it.
 * `costLog2` as `sealWithPassphrase` takes it.
 */
export function exportOfflineRoot(
  path: string,
  organisation: string,
  root: CertificateAuthority,
  passphrase: string,
  costLog2?: number,
): void {
  const sealed = sealWithPassphrase(passphrase, root.privateKey, associated(organisation), costLog2);
  const file = {
    type: TYPE,
    organisation,
    certificate: root.certificate,
    sealed: sealed.toString('base64'),
  };
  writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
}

/** Reads what {@link exportOfflineRoot} wrote. Throws IdentityError `authority-unreadable` for a wrong passphrase or another file. */
export function importOfflineRoot(
  path: string,
  organisation: string,
  passphrase: string,
): CertificateAuthority {
  try {
    const file: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const { type, certificate, sealed } = file as Record<string, unknown>;
    if (type !== TYPE || typeof certificate !== 'string' || typeof sealed !== 'string')
      throw new TypeError('not an offline root');
    return {
      certificate,
      privateKey: openWithPassphrase(passphrase, Buffer.from(sealed, 'base64'), associated(organisation)),
    };
  } catch (cause) {
    throw new IdentityError(
      'authority-unreadable',
      'The offline root cannot be opened: check file, organisation and passphrase.',
      { cause },
    );
  }
}

function associated(organisation: string): Uint8Array {
  return Buffer.from(`${TYPE}\n${organisation}`);
}
