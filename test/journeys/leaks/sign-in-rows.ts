import { hidden, open, type Probe, probe, type Row, silent } from './row.ts';
import type { Target } from './target.ts';

/** Path of a route with the patient's id for what it names. */
const named = (route: string, { patient }: Target): string =>
  (route.split(' ')[1] ?? '').replace(/\{\w+\}/, patient);
/** A body where the route takes one. */
const bodyOf = (route: string, body: Probe['body']): Pick<Probe, 'body'> =>
  /^(POST|PATCH|PUT) /.test(route) && body !== undefined ? { body } : {};

/** Pages and answers of sign-in hold nothing of anybody's record; forms that come without their page are refused. */
export const signInRows: readonly Row[] = [
  open('GET /auth/authorize', '/auth/authorize?client_id=nobody'),
  open('GET /auth/authorize/{uid}', '/auth/authorize/nothing'),
  open('GET /auth/sign-out', '/auth/sign-out'),
  open('GET /auth/sign-out/success', '/auth/sign-out/success'),
  open('GET /fhir/.well-known/smart-configuration', '/fhir/.well-known/smart-configuration'),
  open('GET /auth/interaction/{uid}', '/auth/interaction/nothing'),
  open('GET /auth/interaction/{uid}/outside', '/auth/interaction/nothing/outside'),
  open('GET /auth/outside/callback', '/auth/outside/callback?code=x&state=y'),
  open('GET /auth/setup', '/auth/setup'),
  open('GET /auth/{asset}', '/auth/page.css'),
  ...[
    '/auth/authorize',
    '/auth/revoke',
    '/auth/introspect',
    '/auth/sign-out/confirm',
    '/auth/interaction/{uid}/password',
    '/auth/interaction/{uid}/authorise',
    '/auth/interaction/{uid}/cancel',
    '/auth/interaction/{uid}/outside',
    '/auth/setup',
  ].map((path) =>
    silent(
      `POST ${path}`,
      probe('nothing', () => path.replace('{uid}', 'nothing'), { body: () => 'token=x&login=x&patient=x' }),
    ),
  ),
  ...['/auth/interaction/{uid}/passkey/options', '/auth/interaction/{uid}/passkey'].map((path) =>
    silent(
      `POST ${path}`,
      probe('nothing', () => path.replace('{uid}', 'nothing'), { body: () => ({}) }),
    ),
  ),
];

/** Own account and administration, which only somebody who signed in at the portal reaches: no asker of these has. */
export const peopleRows: readonly Row[] = [
  ...[
    'GET /account',
    'GET /account/apps',
    'DELETE /account/apps/{grant}',
    'GET /account/passkeys',
    'POST /account/passkeys',
    'POST /account/passkeys/options',
    'DELETE /account/passkeys/{passkey}',
    'GET /account/launch',
    'GET /administration/users',
    'PATCH /administration/users/{user}',
    'POST /administration/users/{user}/link',
    'DELETE /administration/users/{user}/passkeys',
    'GET /administration/clients',
    'POST /administration/clients/{client}/confirmation',
    'POST /administration/clients',
    'DELETE /administration/clients/{client}',
    'GET /administration/network',
  ].map((route) =>
    hidden(
      route,
      probe(
        'a name',
        (t) => named(route, t),
        bodyOf(route, () => ({})),
      ),
    ),
  ),
  hidden(
    'POST /account/reauthentication',
    probe('for a record', () => '/account/reauthentication', {
      body: (t) => ({ purpose: `sign Patient/${t.patient}` }),
    }),
  ),
  hidden(
    'POST /account/launch',
    probe('for the patient', () => '/account/launch', { body: (t) => ({ client: 'x', patient: t.patient }) }),
  ),
  hidden(
    'POST /administration/users',
    probe('the patient as a user', () => '/administration/users', {
      body: (t) => ({ login: 'x', name: 'x', roles: ['patient'], fhirUser: `Patient/${t.patient}` }),
    }),
  ),
];
