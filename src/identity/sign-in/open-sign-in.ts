import type { Database } from '../../database/index.ts';
import type { Keyring } from '../../vault/index.ts';
import { Reauthentication } from '../account/reauthentication.ts';
import { AppGrants } from '../authorisation-server/app-grants.ts';
import { Launches } from '../authorisation-server/launches.ts';
import { createProvider } from '../authorisation-server/provider.ts';
import { RevokedTokens } from '../authorisation-server/revocation.ts';
import type { RegisteredClient } from '../clients/client-configuration.ts';
import { portalClient } from '../clients/client-registration.ts';
import { ClientRegistry } from '../clients/client-registry.ts';
import { DEMO_PORTAL } from '../demo/persona.ts';
import { Directory } from '../directory/directory.ts';
import { OneTimeLinks } from '../directory/one-time-link.ts';
import { Passkeys } from '../directory/passkeys.ts';
import type { PatientsOf } from '../principal.ts';
import { ExpiringRecords } from '../storage/expiring-records.ts';
import { createRecordSealing } from '../storage/sealing.ts';
import type { TokenRealm } from '../token/access-token.ts';
import { createAuthenticator, type TokenStanding } from '../token/authenticator.ts';
import type { TokenKey } from '../token/token-key.ts';
import { type OutsideConfiguration, OutsideProvider } from './outside-provider.ts';

/** Use of the key in the keyring under which the sign-in tables are sealed. */
const SIGN_IN_KEY_USE = 'sign-in';

/** What one organisation's sign-in is made of. */
export interface SignInParts {
  readonly database: Database;
  readonly keys: Pick<Keyring, 'key'>;
  readonly realm: TokenRealm;
  readonly tokenKeys: readonly TokenKey[];
  readonly organisationName: string;
  readonly builtIn: readonly RegisteredClient[];
  readonly configured: readonly RegisteredClient[];
  readonly outside?: OutsideConfiguration | undefined;
  /** For whom parents, guardians and agents may ask; for nobody when left out. */
  readonly patientsOf?: PatientsOf | undefined;
  readonly now: () => Date;
}

/** The directory alone: what a verb on a stopped folder needs to let the first person in. */
export function openDirectory(
  parts: Pick<SignInParts, 'database' | 'keys' | 'realm' | 'organisationName' | 'now'>,
) {
  const { database, keys, realm, organisationName, now } = parts;
  const sealing = createRecordSealing(keys.key(SIGN_IN_KEY_USE).key);
  const nowMs = () => now().getTime();
  const records = new ExpiringRecords(database, sealing, nowMs);
  const directory = new Directory(database, sealing, [realm.organisation, organisationName], nowMs);
  return { sealing, records, directory, links: new OneTimeLinks(records, directory, realm.issuer) };
}

/** Composes sign-in: people, clients, the authorisation server, and the check of its tokens. */
export async function openSignIn(parts: SignInParts) {
  const {
    database,
    realm,
    tokenKeys,
    organisationName,
    configured,
    patientsOf = async () => [],
    now,
  } = parts;
  const { sealing, records, directory, links } = openDirectory(parts);
  const { origin } = new URL(realm.issuer);
  const publicUrl = realm.issuer.slice(0, -`/orgs/${realm.organisation}/auth`.length);
  const builtIn = [...parts.builtIn, portalClient(publicUrl, organisationName)];
  const clients = new ClientRegistry(database, sealing, { builtIn, configured });
  const grants = new AppGrants(records);
  const launches = new Launches(records);
  const revoked = new RevokedTokens(records);
  const standing: TokenStanding = ({ id, client, subject, grant, registration }) => {
    if (revoked.has(id)) return false;
    // A demo persona's token has neither registration nor grant; every other ends with the registration of its client.
    const isPersona = client === DEMO_PORTAL && subject !== client && grant === undefined;
    const registered = clients.get(client);
    if (!isPersona && registered === undefined) return false;
    return grant === undefined ? registered?.registration === registration : grants.holds(grant);
  };
  const authenticator = createAuthenticator(realm, tokenKeys, () => now().getTime(), standing, patientsOf);
  const passkeys = new Passkeys({
    database,
    sealing,
    records,
    directory,
    origin,
    organisationName,
    now: () => now().getTime(),
  });
  const reauthentication = new Reauthentication(directory, passkeys, records, now);
  const provider = await createProvider({
    realm,
    keys: tokenKeys,
    clients,
    directory,
    records,
    grants,
    launches,
    sealing,
  });
  const outside =
    parts.outside === undefined ? undefined : new OutsideProvider(parts.outside, realm.issuer, records);
  return {
    realm,
    organisationName,
    sealing,
    records,
    directory,
    links,
    clients,
    grants,
    launches,
    revoked,
    authenticator,
    passkeys,
    reauthentication,
    provider,
    outside,
    patientsOf,
    now,
  };
}

/** One organisation's sign-in, ready for its routes. */
export type OrganisationSignIn = Awaited<ReturnType<typeof openSignIn>>;
