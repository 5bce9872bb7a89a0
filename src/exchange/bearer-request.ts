import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  asFhirError,
  auditOf,
  type Context,
  type FhirServices,
  newTrail,
  requestContext,
  type Trail,
} from '../fhir/index.ts';
import { ExchangeError, problemText } from './errors.ts';

const PROBLEM_JSON = 'application/problem+json';

/** What a bearer route of this room does: a 200 with the JSON text that it returns. */
export type BearerWork = (context: Context, request: FastifyRequest) => Promise<string>;

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
}

function refusalOf(services: FhirServices, trail: Trail, error: unknown): Refusal {
  const status = (error as { statusCode?: unknown }).statusCode;
  if (error instanceof ExchangeError)
    return { status: error.status, code: error.code, detail: error.message, headers: {} };
  if (status === 413)
    return { status, code: 'too-large', detail: 'The body is larger than this route takes.', headers: {} };
  if (typeof status === 'number' && status < 500 && !('stable' in (error as object)))
    return {
      status: 400,
      code: 'malformed',
      detail: 'The request is not one this route takes.',
      headers: {},
    };
  const refusal = asFhirError(error, { services, trail });
  return { status: refusal.status, code: refusal.stable, detail: refusal.message, headers: refusal.headers };
}

function sendRefusal(reply: FastifyReply, { status, code, detail, headers }: Refusal): FastifyReply {
  return reply
    .code(status)
    .headers(headers)
    .type(PROBLEM_JSON)
    .send(problemText(status, code, detail));
}

/**
 * A handler for requests with an access token of this organisation: one AuditEvent each, durable before the answer, whatever came of
 * it (DESIGN §4).
 */
export function bearerRequest(
  services: FhirServices,
  name: Pick<Trail, 'action' | 'subtype'>,
  work: BearerWork,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    const trail = Object.assign(newTrail(request.id), name);
    let outcome: { readonly body: string } | { readonly refusal: Refusal };
    try {
      const principal = await services.authenticate(request.headers.authorization);
      outcome = { body: await work(requestContext(services, principal, trail), request) };
    } catch (error) {
      for (const named of [trail.patients, trail.objects, trail.consents]) named.clear();
      outcome = { refusal: refusalOf(services, trail, error) };
    }
    const refusal = 'refusal' in outcome ? outcome.refusal : undefined;
    try {
      const audit = auditOf(services, trail, services.now(), refusal?.status ?? 200, refusal?.code);
      if (!trail.committed) await services.vault.commit({ audits: [audit] });
    } catch (error) {
      return sendRefusal(reply, refusalOf(services, trail, error));
    }
    if ('refusal' in outcome) return sendRefusal(reply, outcome.refusal);
    return reply.header('cache-control', 'no-store').type('application/json').send(outcome.body);
  };
}
