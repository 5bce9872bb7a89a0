import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../../consent/index.ts';
import { auditOf, requestContext } from '../context.ts';
import type { FhirError } from '../errors.ts';
import { parseQuery } from '../query.ts';
import { newTrail, type Trail } from '../trail.ts';
import { asFhirError } from '../translate.ts';
import { EventJudge } from './event-judge.ts';
import { eventParameters } from './event-parameters.ts';
import { type EventPosition, openPosition, positionAt, positionExpired } from './event-position.ts';
import type { EventServices } from './event-services.ts';
import { EventSink } from './event-sink.ts';
import { EventStream, type OpenedStream, type StreamTimes } from './event-stream.ts';
import { EVENT_STREAM } from './event-text.ts';

/** Name of an opening, and of one that is refused, in the audit trail. */
const OPENING = 'events';

/** Headers of an open stream. */
const STREAM_HEADERS = {
  'content-type': EVENT_STREAM,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Proxies that collect an answer before they pass it on are asked not to.
  'x-accel-buffering': 'no',
};

/** What the event routes are registered with. */
export interface EventRouteOptions {
  readonly services: EventServices;
  /** How long things take; as they should when left out. */
  readonly times?: StreamTimes;
}

function queryOf({ url }: FastifyRequest): string {
  const cut = url.indexOf('?');
  return cut < 0 ? '' : url.slice(cut + 1);
}

/** Where a stream begins: after what its reader was told last, or at what comes next. Throws FhirError `position-expired`. */
async function beginning(
  { fhir }: EventServices,
  asker: string,
  lastEventId: string | undefined,
): Promise<EventPosition> {
  const newest = await positionAt(fhir.vault, await fhir.vault.newestEntry());
  if (lastEventId === undefined || lastEventId === '') return newest;
  const told = { asker, atMs: fhir.now().getTime() };
  const position = openPosition(fhir.pagingKey, lastEventId, told);
  // A vault that was put back has other events under the same numbers.
  if ((await positionAt(fhir.vault, position.entry)).event !== position.event) throw positionExpired();
  return position;
}

/** Who asks, for what, from where, and that there is room. Rejects with what it is refused for; the trail says who asked. */
async function admit(services: EventServices, request: FastifyRequest, trail: Trail): Promise<OpenedStream> {
  const { authorization, 'last-event-id': lastEventId } = request.headers;
  const principal = await services.fhir.authenticate(authorization);
  trail.principal = principal;
  const parameters = eventParameters(parseQuery(queryOf(request)));
  new EventJudge(requestContext(services.fhir, principal, trail), parameters).requireReach();
  const from = await beginning(services, principal.id, [lastEventId].flat().join(','));
  const place = services.streams.take(principal.id);
  return { authorization, requestId: request.id, parameters, principal, from, place };
}

function refuse(reply: FastifyReply, requestId: string, refusal: FhirError): FastifyReply {
  const { status, stable: code, message: detail, headers } = refusal;
  reply.header('x-request-id', requestId).header('cache-control', 'no-store');
  return sendProblem(reply, { status, code, detail, headers });
}

/** Hands the connection over to the stream. What other hooks put on the answer, such as who may read it, stays. */
function stream(
  services: EventServices,
  opened: OpenedStream,
  reply: FastifyReply,
  times?: StreamTimes,
): void {
  const { place, requestId } = opened;
  reply.hijack();
  const { raw } = reply;
  raw.once('close', place.leave);
  // A reader who breaks off is no fault of this process; `close` follows.
  raw.on('error', place.leave);
  const headers = reply.getHeaders() as OutgoingHttpHeaders;
  raw.writeHead(200, { ...headers, ...STREAM_HEADERS, 'x-request-id': requestId });
  void new EventStream(services, opened, new EventSink(raw, place.signal), times).run();
}

/** `GET /events` below the prefix of an organisation: server-sent events, the decision asked anew for each (FORMATS §6). */
export const eventRoutes: FastifyPluginAsync<EventRouteOptions> = async (app, { services, times }) => {
  const { fhir, streams } = services;
  // Before the server waits for its connections to end.
  app.addHook('preClose', () => streams.close());
  // A page of an app asks beforehand whether it may (Fetch §3.2); who may is for the hooks above, which see only what has a route.
  app.options('/events', (_request, reply) => reply.code(204).header('allow', 'GET, OPTIONS').send());
  app.get('/events', async (request, reply) => {
    const trail: Trail = { ...newTrail(request.id), action: 'R', subtype: OPENING };
    const asked = await admit(services, request, trail).then(
      (opened) => ({ opened }),
      (error: unknown) => ({ refusal: asFhirError(error, { services: fhir, trail }) }),
    );
    const refusal = 'refusal' in asked ? asked.refusal : undefined;
    try {
      const audit = auditOf(fhir, trail, fhir.now(), refusal?.status ?? 200, refusal?.stable);
      await fhir.vault.commit({ audits: [audit] });
    } catch (error) {
      if ('opened' in asked) asked.opened.place.release();
      return refuse(reply, request.id, asFhirError(error, { services: fhir, trail }));
    }
    if ('refusal' in asked) return refuse(reply, request.id, asked.refusal);
    stream(services, asked.opened, reply, times);
    return reply;
  });
};
