import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ProofError, parseStrictJson } from '../proof/index.ts';
import { IdentityError } from './errors.ts';
import { problemOf, sendProblem } from './http-errors.ts';
import type { Principal } from './principal.ts';
import { type RecordedEvent, type Recorder, recordDurably, storageRefusal } from './recorder.ts';

/** Bodies of this room hold a few keys and codes. */
const MAX_BODY_BYTES = 16 * 1024; // fifty times the largest

/** RFC 6585 §4. */
const TOO_MANY_REQUESTS = 429;

/** What one request turned out to be about, filled in while it runs. */
export interface Trail {
  principal?: Principal;
  patients: string[];
  objects: string[];
}

/** A 2xx answer; `body` becomes JSON. */
export interface RouteAnswer {
  status: number;
  body: unknown;
}

/** What every recorded route needs. */
export interface RouteServices {
  recorder: Recorder;
  /** Told of faults that are ours and of requests that could not be recorded; gets no health data. */
  onFault?: (error: unknown, requestId: string) => void;
}

/** What a kind of request is called in the audit trail. */
export type RouteName = Pick<RecordedEvent, 'kind' | 'action' | 'subtype'>;

/** How a request of administration, of others' accounts or one's own, is called in the audit trail. */
export const named = (action: RouteName['action'], subtype: string): RouteName => ({
  kind: 'administration',
  action,
  subtype,
});

/**
 * Takes JSON bodies as text, so that a handler parses them after it knows who asks, and answers what Fastify refuses
 * by itself (too large, no JSON) as problem details, recorded like any other request; only 429 is not recorded.
 */
export function takeJsonText(
  app: FastifyInstance,
  services: RouteServices,
  kind: RecordedEvent['kind'],
): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
    (_request, body, done) => done(null, body),
  );
  app.setErrorHandler(async (error, request, reply) => {
    const { status, code } = problemOf(error);
    const event = { kind, action: 'E', subtype: 'unreadable', outcome: 'minor', detail: code } as const;
    try {
      // A flood that is turned away must not become a flood of writes.
      if (status !== TOO_MANY_REQUESTS) {
        await recordDurably(services.recorder, {
          ...event,
          patients: [],
          objects: [],
          requestId: request.id,
        });
      }
      return sendProblem(reply, error);
    } catch (refusal) {
      services.onFault?.(refusal, request.id);
      return sendProblem(reply, refusal);
    }
  });
}

/**
 * A handler that answers only after its request is recorded durably, whatever came of it. When recording fails the
 * answer is 503 or 507, also to a request that did its work.
 */
export function recordedRoute(
  { recorder, onFault = () => undefined }: RouteServices,
  name: RouteName,
  work: (request: FastifyRequest, trail: Trail) => Promise<RouteAnswer>,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    const trail: Trail = { patients: [], objects: [] };
    let answer: RouteAnswer | undefined;
    let refusal: unknown;
    try {
      answer = await work(request, trail);
    } catch (error) {
      refusal = storageRefusal(error);
    }
    try {
      await recordDurably(recorder, {
        ...name,
        ...trail,
        ...outcomeOf(answer, refusal),
        requestId: request.id,
      });
    } catch (error) {
      onFault(error, request.id);
      return sendProblem(reply, error);
    }
    if (answer === undefined) {
      if (!(refusal instanceof IdentityError)) onFault(refusal, request.id);
      return sendProblem(reply, refusal);
    }
    return reply.code(answer.status).header('cache-control', 'no-store').send(answer.body);
  };
}

/** The JSON object in a body; an empty one for no body. Throws IdentityError `request-invalid`. */
export function jsonObject(body: unknown): Record<string, unknown> {
  if (body === undefined || body === null || body === '') return {};
  try {
    const value: unknown = typeof body === 'string' ? parseStrictJson(body) : undefined;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
  }
  throw new IdentityError('request-invalid', 'The body must be one JSON object.');
}

function outcomeOf(
  answer: RouteAnswer | undefined,
  refusal: unknown,
): Pick<RecordedEvent, 'outcome' | 'detail'> {
  if (answer !== undefined) return { outcome: 'success' };
  const { status, code } = problemOf(refusal);
  const serious = status >= 500 || code === 'enrolment-code-locked';
  return { outcome: serious ? 'serious' : 'minor', detail: code };
}
