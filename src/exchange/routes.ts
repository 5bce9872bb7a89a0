import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { hpkeSeal, randomId } from '../crypto/index.ts';
import { fromUtf8, utf8 } from '../proof/index.ts';
import { EXCHANGE_INFO, openWithAny, requestBinding, SEALED_TYPE } from './ask.ts';
import { ExchangeError } from './errors.ts';
import type { Member, MemberDirectory } from './member.ts';
import {
  type ExchangeSigner,
  type SignedRequest,
  signResponse,
  type VerifiedRequest,
  verifyRequest,
} from './message-signature.ts';
import type { NonceStore } from './nonce-store.ts';

/** Questions are a few hundred bytes; a locator carries one Consent. */
const MAX_QUESTION_BYTES = 1024 * 1024; // a Consent of 10,000 provisions is refused anyway

/** What one exchange route answers: called after the asker is known and its request is fresh. */
export type ExchangeHandler = (asker: Member, question: unknown, requestId: string) => Promise<string>;

/** What the exchange routes of one organisation need. */
export interface ExchangeServices {
  readonly members: MemberDirectory;
  readonly signer: ExchangeSigner;
  readonly sealKeys: () => readonly Uint8Array[];
  readonly nonces: NonceStore;
  readonly handlers: Readonly<Record<string, ExchangeHandler>>;
  /** Records a request that was refused before a handler saw it; durable before the answer. */
  readonly recordRefusal: (
    code: string,
    member: string | undefined,
    route: string,
    requestId: string,
  ) => Promise<void>;
  readonly onFault: (error: unknown, requestId: string) => void;
  readonly now: () => Date;
}

function signedRequest(request: FastifyRequest, services: ExchangeServices): SignedRequest {
  const headers: Record<string, string> = {};
  for (const name of ['content-digest', 'signature', 'signature-input']) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  // The address this organisation is known by, not the Host header: a proxy may rewrite that.
  const url = `${services.members.own.url}${request.url}`;
  return {
    method: request.method,
    url,
    headers,
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  };
}

async function questionOf(
  request: FastifyRequest,
  signed: SignedRequest,
  services: ExchangeServices,
): Promise<unknown> {
  const sealed = request.headers['content-type']?.startsWith(SEALED_TYPE) === true;
  const keys = services.sealKeys();
  const bytes = sealed
    ? await openWithAny(keys, signed.body, EXCHANGE_INFO, requestBinding(signed.method, signed.url))
    : signed.body;
  try {
    return JSON.parse(fromUtf8(bytes));
  } catch (cause) {
    throw new ExchangeError('malformed', 'The question is not JSON.', cause);
  }
}

/** Signs and seals an answer to a request that was verified. */
async function answerSealed(
  services: ExchangeServices,
  reply: FastifyReply,
  to: Member,
  exchange: { request: SignedRequest; verified: VerifiedRequest },
  answer: { status: number; text: string },
): Promise<FastifyReply> {
  const body = await hpkeSeal(to.sealKey, utf8(answer.text), EXCHANGE_INFO, exchange.verified.baseHash);
  const seconds = Math.floor(services.now().getTime() / 1000);
  const headers = await signResponse(answer.status, body, exchange.request, services.signer, seconds);
  return reply
    .code(answer.status)
    .headers(headers)
    .type(SEALED_TYPE)
    .header('cache-control', 'no-store')
    .send(body);
}

const problem = (error: ExchangeError) =>
  JSON.stringify({
    type: `urn:holdfast:problem:${error.code}`,
    title: error.code.replaceAll('-', ' '),
    status: error.status,
    code: error.code,
    detail: error.message,
  });

function asExchangeError(error: unknown, services: ExchangeServices, requestId: string): ExchangeError {
  if (error instanceof ExchangeError) return error;
  services.onFault(error, requestId);
  return new ExchangeError('unavailable', 'The member could not answer; the fault was noted.', error);
}

async function handle(
  services: ExchangeServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const requestId = randomId();
  const route = (request.params as { route: string }).route;
  const signed = signedRequest(request, services);
  let member: Member | undefined;
  let verified: VerifiedRequest | undefined;
  try {
    const seconds = Math.floor(services.now().getTime() / 1000);
    verified = await verifyRequest(signed, services.members.lookup, seconds);
    const { organisation, nonce, expiresSeconds } = verified;
    services.nonces.take(organisation, nonce, expiresSeconds, seconds);
    member = services.members.others().find((each) => each.organisation === organisation);
    if (member === undefined)
      throw new ExchangeError('signature-invalid', 'Only other active members ask here.');
    const handler = Object.hasOwn(services.handlers, route) ? services.handlers[route] : undefined;
    if (handler === undefined) throw new ExchangeError('not-found', 'There is no such exchange.');
    const text = await handler(member, await questionOf(request, signed, services), requestId);
    return await answerSealed(services, reply, member, { request: signed, verified }, { status: 200, text });
  } catch (caught) {
    const error = asExchangeError(caught, services, requestId);
    await services.recordRefusal(error.code, member?.organisation, route, requestId);
    if (member === undefined || verified === undefined)
      return reply.code(error.status).type('application/problem+json').send(problem(error));
    return answerSealed(
      services,
      reply,
      member,
      { request: signed, verified },
      { status: error.status, text: problem(error) },
    );
  }
}

/** `POST /orgs/{org}/exchange/{route}`: organisation to organisation (FORMATS §6). */
export const exchangeRoutes: FastifyPluginAsync<{ services: ExchangeServices }> = async (
  app,
  { services },
) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: MAX_QUESTION_BYTES },
    (_request, body, done) => done(null, body),
  );
  app.post('/exchange/:route', { bodyLimit: MAX_QUESTION_BYTES }, (request, reply) =>
    handle(services, request, reply),
  );
};
