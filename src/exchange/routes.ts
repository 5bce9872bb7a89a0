import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { DatabaseError } from '../database/index.ts';
import { parseStrictJson } from '../proof/index.ts';
import { VaultError } from '../vault/index.ts';
import { ExchangeError, problemText } from './errors.ts';
import { type LocatorServices, locatorRoutes } from './locator-routes.ts';
import type { Member, MemberDirectory } from './member.ts';
import {
  type ExchangeSigner,
  type SignedRequest,
  signResponse,
  type VerifiedRequest,
  verifyRequest,
} from './message-signature.ts';
import type { NonceStore } from './nonce-store.ts';
import { openSealed, requestBinding, SEALED_TYPE, sealTo } from './sealing.ts';

/** Questions are a few hundred bytes; a locator carries one Consent. */
const MAX_QUESTION_BYTES = 1024 * 1024; // a Consent of 10,000 provisions is refused anyway

/** What one exchange route answers: called after the asker is known and its request is fresh. It records what it answers. */
export type ExchangeHandler = (asker: Member, question: unknown, requestId: string) => Promise<string>;

/** What the exchange routes of one organisation need. */
export interface ExchangeServices {
  readonly members: MemberDirectory;
  readonly signer: ExchangeSigner;
  readonly sealKeys: () => readonly Uint8Array[];
  readonly nonces: NonceStore;
  readonly handlers: Readonly<Record<string, ExchangeHandler>>;
  /** Records a request that was refused; durable before the answer. */
  readonly recordRefusal: (
    error: Pick<ExchangeError, 'code' | 'guessed'>,
    member: string | undefined,
    route: string,
    requestId: string,
  ) => Promise<void>;
  /** For staff who match records that came without a link. */
  readonly locators?: LocatorServices;
  readonly onFault: (error: unknown, requestId: string) => void;
  readonly now: () => Date;
}

/** An asker whose request was verified. */
interface Asking {
  readonly member: Member;
  readonly request: SignedRequest;
  readonly verified: VerifiedRequest;
}

const secondsOf = ({ now }: ExchangeServices): number => Math.floor(now().getTime() / 1000);

function signedRequest(
  { headers: given, method, url: target, body }: FastifyRequest,
  own: Member,
): SignedRequest {
  const headers: Record<string, string> = {};
  for (const name of ['content-digest', 'signature', 'signature-input']) {
    const value = given[name];
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    method,
    // The address this organisation is known by, not the Host header: a proxy may rewrite that.
    url: `${own.url}${target}`,
    headers,
    body: Buffer.isBuffer(body) ? body : new Uint8Array(),
  };
}

/** Who asks. Throws ExchangeError for a request that no other active member signed for this address, or that came before. */
async function verified(services: ExchangeServices, request: FastifyRequest): Promise<Asking> {
  const { members, nonces } = services;
  const signed = signedRequest(request, members.own);
  const seconds = secondsOf(services);
  const who = await verifyRequest(signed, members.lookup, seconds);
  const member = members.others().find(({ organisation }) => organisation === who.organisation);
  if (member === undefined)
    throw new ExchangeError('signature-invalid', 'Only other active members ask here.');
  nonces.take(member.organisation, who.nonce, who.expiresSeconds, seconds);
  return { member, request: signed, verified: who };
}

async function questionOf(
  { headers }: FastifyRequest,
  { request }: Asking,
  { sealKeys }: ExchangeServices,
): Promise<unknown> {
  const isSealed = headers['content-type']?.startsWith(SEALED_TYPE) === true;
  const { method, url, body } = request;
  const text = isSealed
    ? await openSealed(sealKeys(), body, requestBinding(method, url))
    : Buffer.from(body).toString('utf8');
  try {
    return parseStrictJson(text);
  } catch (cause) {
    throw new ExchangeError('malformed', 'The question is not JSON.', cause);
  }
}

/** Signs and seals an answer to a request that was verified. */
async function answerSealed(
  services: ExchangeServices,
  reply: FastifyReply,
  { member, request, verified: who }: Asking,
  status: number,
  text: string,
): Promise<FastifyReply> {
  const body = await sealTo(member.sealKey, text, who.baseHash);
  const headers = await signResponse(status, body, request, services.signer, secondsOf(services));
  return reply
    .code(status)
    .headers(headers)
    .type(SEALED_TYPE)
    .header('cache-control', 'no-store')
    .send(Buffer.from(body));
}

/** Any error as the refusal a member gets; a fault of ours is reported and says nothing. */
function asExchangeError(error: unknown, services: ExchangeServices, requestId: string): ExchangeError {
  if (error instanceof ExchangeError) return error;
  const code = (error as { statusCode?: unknown }).statusCode;
  if (code === 413) return new ExchangeError('too-large', 'A question holds at most a megabyte.', error);
  if (typeof code === 'number' && code < 500)
    return new ExchangeError('malformed', 'The request is malformed.', error);
  if ((error instanceof VaultError || error instanceof DatabaseError) && error.code === 'full')
    return new ExchangeError(
      'storage-full',
      'There is no room left to record this: nothing was done.',
      error,
    );
  services.onFault(error, requestId);
  return new ExchangeError('unavailable', 'The member could not answer; the fault was noted.', error);
}

const sendProblem = (reply: FastifyReply, { status, code, message }: ExchangeError) =>
  reply
    .code(status)
    .type('application/problem+json')
    .send(problemText(status, code, message));

/** Refuses: recorded first, then sealed to an asker who is known, in the clear to anybody else. */
async function refuse(
  services: ExchangeServices,
  request: FastifyRequest,
  reply: FastifyReply,
  caught: unknown,
  asking?: Asking,
): Promise<FastifyReply> {
  let error = asExchangeError(caught, services, request.id);
  const { route = '' } = request.params as { route?: string };
  try {
    await services.recordRefusal(error, asking?.member.organisation, route, request.id);
  } catch (unrecorded) {
    error = asExchangeError(unrecorded, services, request.id);
  }
  if (asking === undefined) return sendProblem(reply, error);
  const { status, code, message } = error;
  return answerSealed(services, reply, asking, status, problemText(status, code, message));
}

async function handle(
  services: ExchangeServices,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { route } = request.params as { route: string };
  let asking: Asking | undefined;
  let text: string;
  try {
    asking = await verified(services, request);
    const handler = Object.hasOwn(services.handlers, route) ? services.handlers[route] : undefined;
    if (handler === undefined) throw new ExchangeError('not-found', 'There is no such exchange.');
    text = await handler(asking.member, await questionOf(request, asking, services), request.id);
  } catch (caught) {
    return refuse(services, request, reply, caught, asking);
  }
  return answerSealed(services, reply, asking, 200, text);
}

/** `POST /orgs/{org}/exchange/{route}`: organisation to organisation (FORMATS §6); and the locators that wait for staff. */
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
  app.setErrorHandler((error, request, reply) => refuse(services, request, reply, error));
  app.post('/exchange/:route', { bodyLimit: MAX_QUESTION_BYTES }, (request, reply) =>
    handle(services, request, reply),
  );
  if (services.locators !== undefined) await app.register(locatorRoutes, { locators: services.locators });
};
