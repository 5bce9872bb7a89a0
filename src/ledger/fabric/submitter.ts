import { readCertificate } from '../../proof/index.ts';
import { reject } from '../error.ts';
import type { Role } from '../kit/context.ts';

const ORGANISATION = /^[a-z][a-z0-9-]{1,31}$/;

/** Who submitted, as the certificate of its membership service provider says. */
export interface Submitter {
  readonly organisation: string;
  readonly role: Role;
}

/**
 * The organisation and role of a submitter. A member's provider has its id as name, so that the channel's configuration and
 * `membership` speak of the same organisations; the role is the certificate's organizational unit (NodeOUs: `client`, `admin`), which the peer
 * has checked against the provider before. Throws `LedgerError` `rejected` `role`, and `ProofError` for what is no certificate.
 */
export function submitterOf(mspId: string, certificate: Uint8Array): Submitter {
  if (!ORGANISATION.test(mspId)) reject('not-a-member', 'the provider is named as no organisation is');
  const { units } = readCertificate(certificate);
  const roles = (['admin', 'client'] as const).filter((unit) => units.includes(unit));
  const [role] = roles;
  if (role === undefined || roles.length > 1)
    reject('role', 'the certificate is of no client or administrator');
  return { organisation: mspId, role: role === 'admin' ? 'admin' : 'node' };
}
