import type { Affiliations } from '../../consent/index.ts';
import type { Database } from '../../database/index.ts';
import {
  type Authenticator,
  createTokenIssuer,
  demoClient,
  Enrolment,
  type OrganisationSignIn,
  openSignIn,
  type PersonaSignIn,
  type Recorder,
  registerClients,
  type TokenRealm,
  tokenRealm,
} from '../../identity/index.ts';
import type { Vault } from '../../vault/index.ts';
import type { Configuration, OrganisationConfiguration } from '../configuration.ts';
import { publicUrl } from '../network/log-origin.ts';
import type { OrganisationCore } from './core.ts';
import { openIdentityDatabase } from './databases.ts';
import { tokenKeys } from './member-keys.ts';

/** What an organisation's identity is composed of. */
export interface IdentityParts {
  readonly configuration: Configuration;
  readonly organisation: OrganisationConfiguration;
  readonly core: OrganisationCore;
  readonly vault: Vault;
  readonly ledgerId: string;
  readonly recorder: Recorder;
  readonly affiliations: Affiliations;
  readonly now: () => Date;
}

/** Who may ask an organisation, and whose key is whose. */
export interface OrganisationIdentity {
  readonly realm: TokenRealm;
  readonly authenticator: Authenticator;
  /** The authorisation server, its people and its clients. */
  readonly people: OrganisationSignIn;
  readonly patientExists: (id: string) => Promise<boolean>;
  readonly signIn: PersonaSignIn;
  readonly enrolment: Enrolment;
  readonly database: Database;
}

/** Composes the authorisation server, the check of its tokens, and enrolment. */
export async function openIdentity(parts: IdentityParts): Promise<OrganisationIdentity> {
  const { configuration, organisation, core, vault, ledgerId, recorder, now } = parts;
  const { representations } = parts.affiliations;
  const realm = tokenRealm(publicUrl(configuration), core.id);
  const keys = tokenKeys(core.keyring);
  const [signing] = keys;
  if (signing === undefined) throw new Error('the keyring holds no token key');
  const database = openIdentityDatabase(core.folder.identity);
  const people = await openSignIn({
    database,
    keys: core.keyring,
    realm,
    tokenKeys: keys,
    organisationName: core.name,
    builtIn: configuration.mode === 'demo' ? [await demoClient()] : [],
    configured: registerClients(organisation.clients),
    outside: organisation.signIn,
    patientsOf: (person) => representations.inForce(person),
    now,
  });
  const { authenticator } = people;
  const patientExists = async (patient: string) => (await vault.read('Patient', patient))?.text !== undefined;
  const enrolment = new Enrolment({
    database,
    keys: core.keyring,
    organisation: core.id,
    ledger: ledgerId,
    patientExists,
    majorityOf: (patient) => representations.majorityOf(patient),
  });
  return {
    realm,
    authenticator,
    people,
    patientExists,
    signIn: { issue: createTokenIssuer(realm, signing), authenticator, recorder },
    enrolment,
    database,
  };
}
