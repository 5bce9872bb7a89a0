import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Principal, type RecordedEvent, type Recorder, recordDurably } from '../identity/index.ts';
import { type Problem, problemOf, sendProblem } from './http-errors.ts';

/** What one request turned out to be about, filled in while it runs. */
export interface RequestTrail {
  principal?: Principal;
  readonly patients: string[];
  readonly objects: string[];
  /** The request's AuditEvent is on disk already, in the commit of what it describes. */
  isCommitted?: true;
}

/** A 2xx answer; `body` is JSON text. */
export interface HandlerAnswer {
  readonly status: number;
  readonly body: string;
}

/** What a recorded handler needs. */
export interface RecordingServices {
  readonly recorder: Recorder;
  /** Told of faults that are ours and of requests that could not be recorded; gets no health data. */
  readonly onFault: (error: unknown) => void;
  /** The refusals of a room above; undefined for any other error. */
  readonly refusalOf?: (error: unknown) => Problem | undefined;
}

/** What a kind of request is called in the audit trail. */
export type RequestName = Pick<RecordedEvent, 'kind' | 'action' | 'subtype'>;

/**
 * A handler that answers only after its request is recorded durably, whatever came of it: one AuditEvent a request, refused
 * ones too. When recording fails the answer is 503 or 507, also to a request that did its work.
 */
export function recordedHandler(
  { recorder, onFault, refusalOf = () => undefined }: RecordingServices,
  name: RequestName,
  work: (request: FastifyRequest, trail: RequestTrail) => Promise<HandlerAnswer>,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    const trail: RequestTrail = { patients: [], objects: [] };
    const outcome = await work(request, trail).then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error }),
    );
    const { isCommitted, ...touched } = trail;
    const problem = 'error' in outcome ? (refusalOf(outcome.error) ?? problemOf(outcome.error)) : undefined;
    if (problem?.status === 500 && 'error' in outcome) onFault(outcome.error);
    try {
      if (isCommitted === true && 'answer' in outcome) return sendAnswer(reply, outcome.answer);
      await recordDurably(recorder, {
        ...name,
        ...touched,
        ...(problem === undefined
          ? { outcome: 'success' }
          : { outcome: problem.status < 500 ? 'minor' : 'serious', detail: problem.code }),
        requestId: request.id,
      });
    } catch (error) {
      onFault(error);
      return sendProblem(reply, problemOf(error));
    }
    if (problem !== undefined || 'error' in outcome)
      return sendProblem(reply, problem ?? problemOf(undefined));
    return sendAnswer(reply, outcome.answer);
  };
}

function sendAnswer(reply: FastifyReply, { status, body }: HandlerAnswer): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').type('application/json').send(body);
}
