import type { FastifyInstance } from 'fastify';
import { IdentityError } from '../errors.ts';
import { sendProblem } from '../http-errors.ts';
import type { RouteServices } from '../recorded-route.ts';
import { recordDurably } from '../recorder.ts';
import { type IntrospectionParts, introspect, introspectionCaller } from './introspection.ts';
import { smartConfiguration } from './metadata.ts';

/** What introspection and the SMART configuration need. */
export type PublicAuthorisationServices = IntrospectionParts & RouteServices;

const MAX_BODY_BYTES = 32 * 1024; // one token
/** An authorisation request by POST goes on as an address. */
const MAX_REQUEST_CHARACTERS = 7 * 1024; // with its path less than the 8 KiB that nginx takes for a request line (large_client_header_buffers)

/**
 * Fastify plugin, registered under `/orgs/<org>`: `POST /auth/introspect` (RFC 7662), `GET /fhir/.well-known/smart-configuration`,
 * public and for pages of any origin, and `POST /auth/authorize`.
 */
export async function publicAuthorisationRoutes(
  app: FastifyInstance,
  services: PublicAuthorisationServices,
): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  app.setErrorHandler((error, request, reply) => {
    const answered = sendProblem(reply, error);
    if (reply.statusCode >= 500) services.onFault?.(error, request.id);
    return answered;
  });

  app.get('/fhir/.well-known/smart-configuration', (_request, reply) =>
    reply
      .header('access-control-allow-origin', '*')
      .header('cache-control', 'public, max-age=300')
      .send(smartConfiguration(services.realm)),
  );

  authorisationByForm(app, services);
  app.post('/auth/introspect', async (request, reply) => {
    const caller = await introspectionCaller(services, request.headers.authorization);
    const event = {
      kind: 'sign-in',
      action: 'R',
      subtype: 'introspect-token',
      objects: [],
      patients: [],
      requestId: request.id,
    } as const;
    const shared = { ...event, objects: [], patients: [] };
    if (caller === undefined) {
      await recordDurably(services.recorder, { ...shared, outcome: 'minor', detail: 'invalid_client' });
      // RFC 7662 §2.3 and RFC 6749 §5.2.
      return reply
        .code(401)
        .header('www-authenticate', `Basic realm="${services.realm.issuer}", Bearer`)
        .send({ error: 'invalid_client', error_description: 'introspection is for confidential clients' });
    }
    const tokens = request.body instanceof URLSearchParams ? request.body.getAll('token') : [];
    const [token] = tokens;
    if (token === undefined || tokens.length > 1)
      throw new IdentityError('request-invalid', 'Send one token as a form: token=…');
    const answer = await introspect(services, token);
    const { client: agent, principal } = caller;
    await recordDurably(services.recorder, {
      ...shared,
      outcome: 'success',
      agent,
      ...(principal === undefined ? {} : { principal }),
    });
    return reply.header('cache-control', 'no-store').send(answer);
  });
}

/**
 * `POST /auth/authorize` (OpenID Connect Core §3.1.2.1, SMART's `authorize-post`). It goes on by GET (303: RFC 9700 §4.12): a form that comes
 * from another site brings no cookie, and what the request asks for is looked at in one place.
 */
function authorisationByForm(app: FastifyInstance, { realm }: PublicAuthorisationServices): void {
  app.post('/auth/authorize', (request, reply) => {
    const asked = request.body instanceof URLSearchParams ? request.body.toString() : '';
    if (asked.length > MAX_REQUEST_CHARACTERS)
      throw new IdentityError(
        'request-invalid',
        'The authorisation request is longer than an address may be.',
      );
    return reply
      .code(303)
      .header('cache-control', 'no-store')
      .header('location', `${realm.issuer}/authorize?${asked}`)
      .send();
  });
}
