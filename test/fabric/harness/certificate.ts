import { issueTls, organisationAuthorities } from '../../../src/node/index.ts';
import { PASSPHRASE } from './members.ts';

const DAY_MS = 86_400_000;
const LASTS_DAYS = 397; // src/identity/certificates/validity.ts

/** A TLS certificate by a member's own authority that ends so many days from now. */
export async function certificateEndingIn(days: number, data: string, organisation: string): Promise<string> {
  const authorities = organisationAuthorities(data, organisation, PASSPHRASE);
  const now = new Date(Date.now() - (LASTS_DAYS - days) * DAY_MS);
  const { certificate } = await issueTls(
    authorities,
    { organisation, hosts: ['localhost'], now },
    'operator',
  );
  return certificate;
}
