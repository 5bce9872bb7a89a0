import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MAX_REQUEST_LENGTH } from './add-checkpoint-request.ts';
import { LogError } from './errors.ts';
import { sendProblem } from './http-errors.ts';
import type { OrganisationLog } from './organisation-log.ts';
import { renew } from './renewal.ts';
import { CHECKPOINT_TYPE, type TileSource } from './tile-source.ts';
import type { Witness } from './witness.ts';

/** A leaf and a proof with a full path and 100 signatures. */
const MAX_RENEWAL_BYTES = 64 * 1024;
/** Tiles never change: a year, the longest that caches take (RFC 9111 §5.2.2.1, RFC 8246). */
const IMMUTABLE = 'public, max-age=31536000, immutable';
/** A checkpoint is a second old at most (C2SP tlog-tiles: no caching beyond a few seconds). */
const FRESH = 'public, max-age=1';
/** Policy versions a network may reach; a number of fifteen digits is read as a mistake. */
const VERSION = /^(0|[1-9][0-9]{0,8})$/;

/** What the log routes of one organisation need. */
export interface LogServices {
  readonly log: OrganisationLog;
  readonly witness: Witness;
  /** Text of this log's trust policy, the newest or one version; undefined when there is none. */
  readonly policyText: (version?: number) => string | undefined;
}

/**
 * Fastify plugin, registered under `/orgs/<org>` (FORMATS §6): the log as C2SP tlog-tiles, the mirrors of others' logs,
 * `add-checkpoint`, renewal, and the log's trust policy. All of it is public; what may be changed is decided by content.
 */
export async function logRoutes(app: FastifyInstance, services: LogServices): Promise<void> {
  const { log, witness } = services;
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, error));
  app.get('/log/checkpoint', (_request, reply) => sendResource(reply, log.source, 'checkpoint'));
  app.get('/log/tile/*', (request, reply) => sendResource(reply, log.source, `tile/${restOf(request)}`));
  app.get('/log/mirror/:owner/*', (request, reply) => {
    const { owner } = request.params as { owner: string };
    const [, generation, path] =
      /^(?:([1-9][0-9]{0,3})\/)?((?:tile\/|checkpoint$).*)$/.exec(restOf(request)) ?? [];
    if (path === undefined || generation === '1') throw notFound();
    return sendResource(reply, witness.mirrorOf(owner, Number(generation ?? 1)), path);
  });
  app.get('/log/policy', (request, reply) => sendPolicy(request, reply, services));
  app.post('/log/renew', { bodyLimit: MAX_RENEWAL_BYTES }, (request, reply) => {
    reply.header('cache-control', 'no-store').type(CHECKPOINT_TYPE);
    return reply.send(renew(renewalOf(request.body), services));
  });
  await app.register(witnessRoute, { witness });
}

/** In a scope of its own: a witness takes its body whatever type it is called (C2SP tlog-witness names none). */
async function witnessRoute(app: FastifyInstance, { witness }: Pick<LogServices, 'witness'>): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    { parseAs: 'string', bodyLimit: MAX_REQUEST_LENGTH },
    (_request, body, done) => done(null, body),
  );
  app.post('/log/add-checkpoint', { bodyLimit: MAX_REQUEST_LENGTH }, async (request, reply) => {
    const { status, contentType, body } = await witness.addCheckpoint(
      typeof request.body === 'string' ? request.body : '',
    );
    if (status === 503) reply.header('retry-after', '1');
    return reply.code(status).header('cache-control', 'no-store').type(contentType).send(exactly(body));
  });
}

function sendResource(reply: FastifyReply, source: TileSource | undefined, path: string): FastifyReply {
  const resource = source?.resource(path);
  if (resource === undefined) throw notFound();
  const { bytes, contentType, immutable } = resource;
  return reply
    .header('cache-control', immutable ? IMMUTABLE : FRESH)
    .type(contentType)
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

function sendPolicy(request: FastifyRequest, reply: FastifyReply, { policyText }: LogServices): FastifyReply {
  const { version } = request.query as { version?: unknown };
  if (version !== undefined && !(typeof version === 'string' && VERSION.test(version))) {
    throw new LogError('malformed', 'The version is not a decimal number.');
  }
  const text = policyText(version === undefined ? undefined : Number(version));
  if (text === undefined) throw notFound();
  return reply.header('cache-control', FRESH).type(CHECKPOINT_TYPE).send(text);
}

function renewalOf(body: unknown): { leaf: string; proof: string } {
  const { leaf, proof } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (typeof leaf !== 'string' || typeof proof !== 'string') {
    throw new LogError('malformed', 'The body is not { "leaf": base64 of the entry, "proof": text }.');
  }
  return { leaf, proof };
}

/** As bytes: to a string Fastify would add a charset that the media type does not have. */
function exactly(body: string): Buffer {
  return Buffer.from(body);
}

function restOf(request: FastifyRequest): string {
  return (request.params as { '*': string })['*'];
}

function notFound(): LogError {
  return new LogError('not-found', 'There is nothing here, or not yet.');
}
