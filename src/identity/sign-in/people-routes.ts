import type { FastifyInstance } from 'fastify';
import type { AccountServices } from '../account/own-account.ts';
import { accountRoutes } from '../account/routes.ts';
import type { AdministrationServices } from '../administration/administrator.ts';
import { administrationRoutes } from '../administration/routes.ts';
import { allowAppOrigins } from '../authorisation-server/app-origin.ts';
import { publicAuthorisationRoutes } from '../authorisation-server/public-routes.ts';
import { type AuthorisationServices, authorisationRoutes } from '../authorisation-server/routes.ts';
import type { OrganisationSignIn } from './open-sign-in.ts';
import { signInRoutes } from './routes.ts';
import type { SignInServices } from './sign-in-services.ts';

/** What all routes of sign-in need beside {@link OrganisationSignIn}. */
export type PeopleServices = OrganisationSignIn &
  Pick<AuthorisationServices, 'recorder' | 'onFault'> &
  Pick<AccountServices, 'patientExists'> &
  Pick<SignInServices, 'patientsShown' | 'patientsFound'> &
  Pick<AdministrationServices, 'network'>;

/** Paths that an app's own pages may ask; sign-in itself is for the organisation's pages alone. */
const FOR_APPS = /^\/orgs\/[^/]+\/(fhir|events)(\/|\?|$)/;

/** Fastify plugin, registered under `/orgs/<org>`: the authorisation server, sign-in, own account, administration. */
export async function peopleRoutes(app: FastifyInstance, services: PeopleServices): Promise<void> {
  // Fastify hands a plugin's own prefix on with its options: these stand below it already.
  const within = { ...services, prefix: '' };
  await app.register(authorisationRoutes, within);
  await app.register(publicAuthorisationRoutes, within);
  await app.register(signInRoutes, within);
  await app.register(accountRoutes, within);
  await app.register(administrationRoutes, within);
}

/** Lets pages of registered apps ask the organisation's FHIR base and event stream; called at the scope in which that is registered. */
export function openToApps(app: FastifyInstance, { clients }: Pick<OrganisationSignIn, 'clients'>): void {
  allowAppOrigins(app, clients, FOR_APPS);
}
