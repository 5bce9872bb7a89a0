import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { randomId } from '../crypto/index.ts';
import type { Answer, ConditionalHeaders } from './context.ts';
import { FhirError } from './errors.ts';
import { operationOutcome } from './outcome.ts';
import { serve } from './serve.ts';
import type { FhirServices } from './services.ts';

/** One resource. The largest official example has 4.5 MB. */
const MAX_BODY_BYTES = 40 * 1024 * 1024; // a Synthea patient's transaction Bundle reaches 30 MB
/** Media type of FHIR JSON (FHIR R4 §http-mime-type). */
export const FHIR_JSON = 'application/fhir+json; charset=utf-8';

const JSON_TYPES = /^\s*(application\/(fhir\+)?json|text\/json)\s*(;.*)?$/i;
const FORM = /^\s*application\/x-www-form-urlencoded\s*(;.*)?$/i;
const FORMATS = new Set(['json', 'application/json', 'application/fhir+json', 'text/json']);

function acceptable(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  return accept
    .split(',')
    .some((part) =>
      /^\s*(\*\/\*|application\/\*|application\/([a-z.]+\+)?(fhir\+)?(nd)?json|text\/(json|plain|\*))\s*(;.*)?$/i.test(
        part,
      ),
    );
}

/** XML and other media types are refused: 406 for what is asked, 415 for what is sent (FHIR R4 §http-mime-type). */
function mediaRefusal(request: FastifyRequest, query: string): FhirError | undefined {
  const format = new URLSearchParams(query).get('_format');
  if (format !== null ? !FORMATS.has(format.toLowerCase()) : !acceptable(request.headers.accept)) {
    return new FhirError('not-acceptable', 'This server answers JSON only.');
  }
  const sent = request.headers['content-type'];
  const hasBody = typeof request.body === 'string' && request.body !== '';
  if (
    hasBody &&
    sent !== undefined &&
    !JSON_TYPES.test(sent) &&
    !(FORM.test(sent) && request.url.includes('_search'))
  ) {
    return new FhirError('unsupported-media-type', 'This server takes JSON only.');
  }
  return undefined;
}

const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

function conditionalHeaders(request: FastifyRequest): ConditionalHeaders {
  const headers: ConditionalHeaders = {};
  const ifMatch = header(request, 'if-match');
  const ifNoneMatch = header(request, 'if-none-match');
  const ifNoneExist = header(request, 'if-none-exist');
  const prefer = header(request, 'prefer');
  if (ifMatch !== undefined) headers.ifMatch = ifMatch;
  if (ifNoneMatch !== undefined) headers.ifNoneMatch = ifNoneMatch;
  if (ifNoneExist !== undefined) headers.ifNoneExist = ifNoneExist;
  if (prefer !== undefined) headers.prefer = prefer;
  return headers;
}

function send(reply: FastifyReply, requestId: string, answer: Answer): FastifyReply {
  reply
    .code(answer.status)
    .header('x-request-id', requestId)
    .header('cache-control', 'no-store')
    .headers(answer.headers);
  if (answer.body === undefined) return reply.send();
  if (answer.headers['content-type'] === undefined) reply.type(FHIR_JSON);
  return reply.send(answer.body);
}

/** The FHIR base of one organisation: `/fhir` below the prefix it is registered under. */
export const fhirRoutes: FastifyPluginAsync<{ services: FhirServices }> = async (app, { services }) => {
  app.removeAllContentTypeParsers();
  // Bodies stay text: numbers keep the digits received (FORMATS §1).
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  app.setErrorHandler((error: { statusCode?: number; code?: string }, request, reply) => {
    const tooLarge = error.statusCode === 413;
    const refusal = tooLarge
      ? new FhirError('too-large', `A body holds at most ${MAX_BODY_BYTES} bytes.`)
      : (error.statusCode ?? 500) < 500
        ? new FhirError('invalid', 'The request is malformed.')
        : new FhirError('internal', 'The server could not do this; the fault was noted.');
    if (refusal.code === 'internal') services.onFault(error, request.id);
    return reply.code(refusal.status).type(FHIR_JSON).send(operationOutcome(refusal.issues));
  });
  const handle = async (request: FastifyRequest, reply: FastifyReply) => {
    const requestId = randomId();
    const [target = '', query = ''] = request.url.split(/\?(.*)/s, 2);
    const refusal = mediaRefusal(request, query);
    const answer = await serve(services, {
      id: requestId,
      method: request.method,
      path: target.slice(target.indexOf('/fhir') + '/fhir'.length),
      query,
      body: typeof request.body === 'string' ? request.body : '',
      authorization: request.headers.authorization,
      accept: request.headers.accept,
      headers: conditionalHeaders(request),
      ...(refusal === undefined ? {} : { refusal }),
    });
    return send(reply, requestId, answer);
  };
  const method = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'];
  app.route({ method, url: '/fhir', bodyLimit: MAX_BODY_BYTES, handler: handle });
  app.route({ method, url: '/fhir/*', bodyLimit: MAX_BODY_BYTES, handler: handle });
};
