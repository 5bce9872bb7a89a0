import { timingSafeEqual } from 'node:crypto';
import { utf8 } from '../proof/index.ts';
import type { ConsentDirectory, CustodianGrant } from './consent-directory.ts';
import { handleFor, type Locator } from './locator.ts';

/** Where grants are looked up by the handles that were given for them. */
export interface GrantPlace {
  readonly consents: Pick<ConsentDirectory, 'grant'>;
  readonly handleKey: Uint8Array;
}

/** A grant as a grantee names it: its consent, with the handle that it was given of the patient. */
export interface NamedGrant {
  readonly consent: string;
  readonly handle: Locator['handle'];
}

/** The grant to `asker` that a handle belongs to, whatever became of it; undefined for no such grant, or a handle that is not the asker's. */
export async function grantOfHandle(
  { consents, handleKey }: GrantPlace,
  asker: string,
  { consent, handle }: NamedGrant,
): Promise<CustodianGrant | undefined> {
  const grant = await consents.grant(consent);
  const expected = utf8(handleFor(handleKey, consent, asker));
  const given = utf8(handle);
  const matches = given.length === expected.length && timingSafeEqual(given, expected);
  return matches && grant?.grantees.includes(asker) === true ? grant : undefined;
}
