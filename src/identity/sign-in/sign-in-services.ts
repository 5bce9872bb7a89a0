import type Provider from 'oidc-provider';
import type { AppGrants } from '../authorisation-server/app-grants.ts';
import type { Launches } from '../authorisation-server/launches.ts';
import type { ClientRegistry } from '../clients/client-registry.ts';
import type { Directory } from '../directory/directory.ts';
import type { OneTimeLinks } from '../directory/one-time-link.ts';
import type { Passkeys } from '../directory/passkeys.ts';
import type { PatientsOf } from '../principal.ts';
import type { RouteServices } from '../recorded-route.ts';
import type { RecordSealing } from '../storage/sealing.ts';
import type { TokenRealm } from '../token/access-token.ts';
import type { OutsideProvider } from './outside-provider.ts';
import type { PatientsFound, PatientsShown } from './shown-patient.ts';

/** What the pages of sign-in rest on. */
export interface SignInServices extends RouteServices {
  readonly realm: TokenRealm;
  /** For people. */
  readonly organisationName: string;
  readonly provider: Provider;
  readonly clients: ClientRegistry;
  readonly directory: Directory;
  readonly passkeys: Passkeys;
  readonly links: OneTimeLinks;
  readonly grants: AppGrants;
  readonly launches: Launches;
  readonly sealing: RecordSealing;
  /** Whether there is such a patient here. */
  readonly patientExists: (id: string) => boolean | Promise<boolean>;
  /** For whom parents, guardians and agents may ask. */
  readonly patientsOf: PatientsOf;
  readonly patientsShown: PatientsShown;
  readonly patientsFound: PatientsFound;
  /** The organisation's own OpenID Connect provider; undefined when people sign in here. */
  readonly outside?: OutsideProvider | undefined;
  readonly now: () => Date;
}
