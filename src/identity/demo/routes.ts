import type { FastifyInstance } from 'fastify';
import { IdentityError } from '../errors.ts';
import { sendProblem } from '../http-errors.ts';
import { jsonObject } from '../recorded-route.ts';
import { type RecordedEvent, type Recorder, recordDurably } from '../recorder.ts';
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
export interface DemoServices {
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
  { personas, organisations }: DemoServices,
): Promise<void> {
  const byId = new Map(personas.map((persona) => [persona.id, persona]));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
    (_request, body, done) => done(null, body),
  );
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, error));

  app.get('/demo/personas', async () => personas.map(published));

  app.post('/demo/sign-in', async (request, reply) => {
    const { persona: id, organisation: asked } = jsonObject(request.body);
    const persona = typeof id === 'string' ? byId.get(id) : undefined;
    const organisation = asked ?? persona?.organisation;
    const signIn = typeof organisation === 'string' ? organisations.get(organisation) : undefined;
    const claims =
      persona && typeof organisation === 'string' ? personaClaims(persona, organisation) : undefined;
    const shared = {
      kind: 'sign-in',
      action: 'E',
      subtype: 'demo-sign-in',
      objects: [],
      requestId: request.id,
    } as const;
    if (signIn === undefined || claims === undefined) {
      const refused: RecordedEvent = {
        ...shared,
        objects: [],
        outcome: 'minor',
        patients: [],
        detail: 'persona-unknown',
      };
      if (signIn !== undefined) await recordDurably(signIn.recorder, refused);
      throw new IdentityError(
        'persona-unknown',
        'No such persona, or none with a record at this organisation: see GET /demo/personas.',
      );
    }
    const token = await signIn.issue(claims);
    const principal = await signIn.authenticator.authenticate(`Bearer ${token.access_token}`);
    const patients = claims.patient === undefined ? [] : [claims.patient];
    await recordDurably(signIn.recorder, { ...shared, objects: [], outcome: 'success', principal, patients });
    const { access_token, token_type, expires_in } = token;
    const patient = claims.patient === undefined ? {} : { patient: claims.patient };
    return reply
      .header('cache-control', 'no-store')
      .send({ access_token, token_type, expires_in, ...patient });
  });
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
