import type { FastifyReply } from 'fastify';
import { DatabaseError } from '../database/index.ts';
import { ProofError } from '../proof/index.ts';
import { LogError, type LogErrorCode } from './errors.ts';

const statuses: Record<LogErrorCode, number> = {
  malformed: 400,
  'too-large': 413,
  'not-found': 404,
  'unknown-log': 404,
  'invalid-proof': 422,
  'not-covered': 503,
  unavailable: 503,
  'tiles-mismatch': 422,
  forked: 409,
  'unrelocated-tail': 503,
  'not-configured': 503,
};

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

/** Answers with RFC 9457 problem details. An error that is none of this room's, proof's or HTTP's is a 500 that tells nothing. */
export function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const { status, code, detail } = problemOf(error);
  if (status === 503) reply.header('retry-after', '1');
  const problem = {
    type: `urn:holdfast:problem:${code}`,
    title: code.replaceAll('-', ' '),
    status,
    code,
    detail,
  };
  // As bytes: to a string Fastify would add a charset that the media type does not have.
  const body = Buffer.from(JSON.stringify(problem));
  return reply.code(status).header('cache-control', 'no-store').type('application/problem+json').send(body);
}

function problemOf(error: unknown): Problem {
  if (error instanceof LogError)
    return { status: statuses[error.code], code: error.code, detail: error.message };
  if (error instanceof ProofError) {
    const status = error.code === 'too-large' ? 413 : 400;
    return { status, code: error.code === 'too-large' ? 'too-large' : 'malformed', detail: error.message };
  }
  if (error instanceof DatabaseError) {
    const status = error.code === 'full' ? 507 : 503;
    return { status, code: error.code === 'full' ? 'storage-full' : 'unavailable', detail: error.message };
  }
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode;
  if (status === 413)
    return { status, code: 'too-large', detail: 'The body is larger than this route takes.' };
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { status, code: 'malformed', detail: 'The request is not one that this route takes.' };
  }
  return { status: 500, code: 'internal', detail: 'The request could not be finished.' };
}
