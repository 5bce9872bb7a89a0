import type { Provider } from 'oidc-provider';
import type { Database } from '../../database/index.ts';
import {
  type Authenticator,
  createAuthenticator,
  createProvider,
  createTokenIssuer,
  demoClient,
  Enrolment,
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
}

/** Who may ask an organisation, and whose key is whose. */
export interface OrganisationIdentity {
  readonly realm: TokenRealm;
  readonly authenticator: Authenticator;
  readonly provider: Provider;
  readonly signIn: PersonaSignIn;
  readonly enrolment: Enrolment;
  readonly database: Database;
}

/** Composes the authorisation server, the check of its tokens, and enrolment. */
export async function openIdentity(parts: IdentityParts): Promise<OrganisationIdentity> {
  const { configuration, organisation, core, vault, ledgerId, recorder } = parts;
  const realm = tokenRealm(publicUrl(configuration), core.id);
  const keys = tokenKeys(core.keyring);
  const [signing] = keys;
  if (signing === undefined) throw new Error('the keyring holds no token key');
  const authenticator = createAuthenticator(realm, keys);
  const demo = configuration.mode === 'demo' ? [await demoClient()] : [];
  const provider = await createProvider(realm, [...registerClients(organisation.clients), ...demo], keys);
  const database = openIdentityDatabase(core.folder.identity);
  const enrolment = new Enrolment({
    database,
    keys: core.keyring,
    organisation: core.id,
    ledger: ledgerId,
    patientExists: async (patient) => (await vault.read('Patient', patient))?.text !== undefined,
  });
  return {
    realm,
    authenticator,
    provider,
    signIn: { issue: createTokenIssuer(realm, signing), authenticator, recorder },
    enrolment,
    database,
  };
}
