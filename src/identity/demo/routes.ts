import type { FastifyInstance } from 'fastify';
import { IdentityError } from '../errors.ts';
import { sendProblem } from '../http-errors.ts';
import { jsonObject, type RouteServices } from '../recorded-route.ts';
import { type Recorder, recordDurably } from '../recorder.ts';
import type { AccessClaims, IssuedToken } from '../token/access-token.ts';
import type { Authenticator } from '../token/authenticator.ts';
import { type Persona, personaClaims } from './persona.ts';

/** Where personas sign in at one hosted organisation. */
export interface PersonaSignIn {
  issue: (claims: AccessClaims) => Promise<IssuedToken>;
  authenticator: Authenticator;
  recorder: Recorder;
}

/** What the demo's sign-in needs; composed in demo mode only. */
export interface DemoServices extends Pick<RouteServices, 'onFault'> {
  personas: readonly Persona[];
  /** By organisation id. */
  organisations: ReadonlyMap<string, PersonaSignIn>;
}

/** A persona id and an organisation id. */
const MAX_BODY_BYTES = 4096; // both are short names

/**
 * Fastify plugin, registered at the root in demo mode and never otherwise: it gives tokens to whoever asks.
 * `GET /demo/personas`, `POST /demo/sign-in { persona, organisation? }` (FORMATS §8).
 */
export async function demoRoutes(
  app: FastifyInstance,
  { personas, organisations, onFault }: DemoServices,
): Promise<void> {
  const byId = new Map(personas.map((persona) => [persona.id, persona]));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
    (_request, body, done) => done(null, body),
  );
  app.setErrorHandler((error, request, reply) => {
    const answered = sendProblem(reply, error);
    if (reply.statusCode >= 500) onFault?.(error, request.id);
    return answered;
  });

  app.get('/demo/personas', async () => personas.map(published));

  app.post('/demo/sign-in', async (request, reply) => {
    const { persona: id, organisation: asked } = jsonObject(request.body);
    const persona = typeof id === 'string' ? byId.get(id) : undefined;
    const organisation = asked ?? persona?.organisation;
    if (typeof organisation !== 'string') throw unknown();
    const signIn = organisations.get(organisation);
    if (signIn === undefined) throw unknown();
    const claims = persona && personaClaims(persona, organisation);
    return reply.header('cache-control', 'no-store').send(await signedIn(signIn, claims, request.id));
  });
}

/** A token for a persona, its sign-in recorded first. Throws `persona-unknown`, recorded too, when there is nobody to sign in. */
async function signedIn(signIn: PersonaSignIn, claims: AccessClaims | undefined, requestId: string) {
  const event = { kind: 'sign-in', action: 'E', subtype: 'demo-sign-in', requestId } as const;
  if (claims === undefined) {
    const refused = { outcome: 'minor', detail: 'persona-unknown' } as const;
    await recordDurably(signIn.recorder, { ...event, ...refused, patients: [], objects: [] });
    throw unknown();
  }
  const { access_token, token_type, expires_in } = await signIn.issue(claims);
  const principal = await signIn.authenticator.authenticate(`Bearer ${access_token}`);
  const { patient } = claims;
  const patients = patient === undefined ? [] : [patient];
  await recordDurably(signIn.recorder, { ...event, outcome: 'success', principal, patients, objects: [] });
  return { access_token, token_type, expires_in, ...(patient === undefined ? {} : { patient }) };
}

function unknown(): IdentityError {
  return new IdentityError(
    'persona-unknown',
    'No such persona, or none with a record at this organisation: see GET /demo/personas.',
  );
}

/** A persona as FORMATS §8 lists it. */
function published({ id, name, role, organisation, patient, records, seed }: Persona) {
  return {
    id,
    name,
    role,
    organisation,
    ...(patient === undefined ? {} : { patient }),
    ...(records === undefined ? {} : { records }),
    ...(seed === undefined ? {} : { seed }),
  };
}
