import { readFileSync } from 'node:fs';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { randomId } from '../../crypto/index.ts';
import type { Configuration } from '../configuration.ts';
import type { NodeLog } from '../node-log.ts';
import { sendProblem } from './problem.ts';

/** A header block of ordinary size; Node's own default. */
const MAX_HEADER_BYTES = 16_384; // two access tokens with every scope there is
/** A slow client holds a connection no longer than this. */
const REQUEST_TIMEOUT_MS = 120_000; // forty megabytes over a slow hospital link
const KEEP_ALIVE_MS = 72_000; // longer than the usual proxy's, so that the proxy closes first
/** Requests of one address in a window, on the routes of {@link isLimited}. */
const RATE_WINDOW_MS = 60_000; // the window of the limits below
const TOKEN_REQUESTS_PER_WINDOW = 600; // ten a second: a busy integration, and hopeless for guessing a secret

const tlsOptions = ({ tls }: Configuration) =>
  tls === undefined
    ? {}
    : {
        https: {
          cert: readFileSync(tls.cert),
          key: readFileSync(tls.key),
          ...(tls.clientCa === undefined
            ? {}
            : { ca: readFileSync(tls.clientCa), requestCert: true, rejectUnauthorized: false }),
          minVersion: 'TLSv1.2' as const,
        },
      };

/**
 * What is guessed at, and what leaves a record for whoever asks: `/auth/authorize` a sign-in that waits, `/auth/outside/callback` an
 * entry in the trail. By the route's pattern, not the path: a query or an encoded letter would make another text of the same
 * route.
 */
const isLimited = (route: string | undefined): boolean =>
  route !== undefined &&
  /\/auth\/(authorize$|token|introspect|interaction|outside|setup)|\/account\/reauthentication|\/enrolment|\/key$|\/demo\/sign-in/.test(
    route,
  );

/** An HTTP server with the headers, limits and error answers that every route shares; no routes yet. */
export async function createServer(configuration: Configuration, log: NodeLog): Promise<FastifyInstance> {
  const app = Fastify({
    ...tlsOptions(configuration),
    logger: false,
    // `true` would believe whatever the client itself wrote into X-Forwarded-For.
    trustProxy: configuration.trustProxy === true ? 'loopback' : configuration.trustProxy,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    genReqId: () => randomId(),
    routerOptions: { maxParamLength: 256 },
    exposeHeadRoutes: false,
    return503OnClosing: true,
    forceCloseConnections: 'idle',
    http: { maxHeaderSize: MAX_HEADER_BYTES },
    // Before any route is found: a path that is no path, or a parameter beyond its length.
    frameworkErrors: (_error: unknown, _request: unknown, reply: FastifyReply) =>
      sendProblem(reply, 400, 'malformed', 'The path is malformed.'),
  } as Parameters<typeof Fastify>[0]) as unknown as FastifyInstance;
  app.addHook('onSend', (_request, reply, _payload, done) => {
    reply.header('x-content-type-options', 'nosniff');
    done();
  });
  await app.register(rateLimit, {
    max: TOKEN_REQUESTS_PER_WINDOW,
    timeWindow: RATE_WINDOW_MS,
    allowList: (request) => !isLimited(request.routeOptions.url),
    errorResponseBuilder: () =>
      Object.assign(new Error('Too many requests: wait a minute.'), {
        statusCode: 429,
        code: 'too-many-requests',
      }),
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 404, 'not-found', 'There is no such path.'));
  app.setErrorHandler((error: { statusCode?: number; code?: string; message: string }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      log.fault(error, request.id);
      return sendProblem(reply, 500, 'internal', 'The server could not do this; the fault was noted.');
    }
    const code =
      status === 413
        ? 'too-large'
        : status === 415
          ? 'unsupported-media-type'
          : status === 429
            ? 'too-many-requests'
            : 'malformed';
    return sendProblem(reply, status, code, status === 429 ? error.message : 'The request is malformed.');
  });
  return app;
}
