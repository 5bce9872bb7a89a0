import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Answer, ConditionalHeaders } from './context.ts';
import { FhirError } from './errors.ts';
import { FHIR_JSON } from './media-type.ts';
import { answerRequest, type OpenedRequest, openRequest, type RequestHead } from './serve.ts';
import type { FhirServices } from './services.ts';

/** One resource; the largest official example that is no Bundle has 2.8 MB. */
const MAX_BODY_BYTES = 5 * 1024 * 1024; // or an attachment of a few scanned pages
/** A Bundle that is executed, stored or imported. */
const MAX_BUNDLE_BYTES = 40 * 1024 * 1024; // a Synthea patient's transaction Bundle reaches 30 MB
/** What a refused request may still send, so that its client reads the refusal; of more the connection is closed. */
const MAX_UNREAD_BYTES = 1024 * 1024; // read and dropped in a few milliseconds

const WITHOUT_BODY: HTTPMethods[] = ['GET', 'HEAD'];
const WITH_BODY: HTTPMethods[] = ['POST', 'PUT', 'PATCH', 'DELETE'];
/** Paths below the base that take Bundles. */
const BUNDLE_PATHS = ['/', '/$import', '/Bundle', '/Bundle/*'];

const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
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

/** How much a request announces; more than anything when it does not say. */
function bodyBytes({ headers }: FastifyRequest): number {
  return headers['transfer-encoding'] === undefined
    ? Number(headers['content-length'] ?? 0)
    : Number.POSITIVE_INFINITY;
}

/** The request as far as its head says. A URL that spells the base in another way leads to no path. */
function headOf(request: FastifyRequest, base: string): RequestHead {
  const { url, method, id } = request;
  const cut = url.indexOf('?');
  const target = cut < 0 ? url : url.slice(0, cut);
  const hasBody = bodyBytes(request) > 0;
  return {
    id,
    method,
    path: target.startsWith(base) ? target.slice(base.length) : '/-',
    query: cut < 0 ? '' : url.slice(cut + 1),
    authorization: request.headers.authorization,
    accept: request.headers.accept,
    contentType: hasBody ? request.headers['content-type'] : undefined,
    contentEncoding: hasBody ? request.headers['content-encoding'] : undefined,
    headers: conditionalHeaders(request),
  };
}

/** The body as text: numbers keep the digits received (FORMATS §1). Throws FhirError `not-json` for bytes that are no UTF-8. */
function textOf(body: unknown): string {
  if (!Buffer.isBuffer(body)) return '';
  if (!isUtf8(body)) throw new FhirError('not-json', 'The body is not UTF-8.');
  return body.toString('utf8');
}

function send(reply: FastifyReply, requestId: string, answer: Answer): FastifyReply {
  reply
    .code(answer.status)
    .header('x-request-id', requestId)
    .header('cache-control', 'no-store')
    .headers(answer.headers);
  if (answer.body === undefined) return reply.send();
  if (answer.headers['content-type'] === undefined) reply.header('content-type', FHIR_JSON);
  return reply.send(answer.body);
}

/** What Fastify refuses by itself, and faults. */
function edgeRefusal(error: unknown): unknown {
  const status = (error as { statusCode?: unknown }).statusCode;
  if (error instanceof FhirError || typeof status !== 'number' || status >= 500) return error;
  if (status === 413)
    return new FhirError('too-large', 'The body is larger than this path takes.', { cause: error });
  if (status === 415)
    return new FhirError('unsupported-media-type', 'This server takes JSON only.', { cause: error });
  return new FhirError('invalid', 'The request is malformed.', { cause: error });
}

/** Everything below the FHIR base; `scope.prefix` is its path. */
async function serveBelow(scope: FastifyInstance, services: FhirServices): Promise<void> {
  const base = scope.prefix;
  const openings = new WeakMap<FastifyRequest, OpenedRequest>();
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: MAX_BUNDLE_BYTES },
    (_request, body, done) => done(null, body),
  );

  const open = (request: FastifyRequest) => openRequest(services, headOf(request, base));
  const answer = async (request: FastifyRequest, reply: FastifyReply, opened: OpenedRequest, body: string) =>
    send(reply, request.id, await answerRequest(services, opened, body));

  /** Who may not ask is turned away before the body is read: it costs nobody forty megabytes. */
  const beforeBody = async (request: FastifyRequest, reply: FastifyReply) => {
    const opened = await open(request);
    if (opened.refusal === undefined) {
      openings.set(request, opened);
      return;
    }
    if (bodyBytes(request) > MAX_UNREAD_BYTES) reply.header('connection', 'close');
    await answer(request, reply, opened, '');
  };
  const refuse = async (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const opened = openings.get(request) ?? (await open(request));
    return answer(request, reply, { ...opened, refusal: opened.refusal ?? edgeRefusal(error) }, '');
  };
  const withoutBody = async (request: FastifyRequest, reply: FastifyReply) =>
    answer(request, reply, await open(request), '');
  const withBody = async (request: FastifyRequest, reply: FastifyReply) => {
    const opened = openings.get(request) ?? (await open(request));
    return answer(request, reply, opened, textOf(request.body));
  };

  scope.setErrorHandler(refuse);
  scope.setNotFoundHandler(withoutBody);
  for (const url of ['/', '/*']) scope.route({ method: WITHOUT_BODY, url, handler: withoutBody });
  const taking = (url: string, bodyLimit: number) =>
    scope.route({ method: WITH_BODY, url, bodyLimit, onRequest: beforeBody, handler: withBody });
  for (const url of BUNDLE_PATHS) taking(url, MAX_BUNDLE_BYTES);
  taking('/*', MAX_BODY_BYTES);
}

/** The FHIR base of one organisation: `/fhir` below the prefix it is registered under. */
export const fhirRoutes: FastifyPluginAsync<{ services: FhirServices }> = async (app, { services }) => {
  await app.register((scope) => serveBelow(scope, services), { prefix: '/fhir' });
};
