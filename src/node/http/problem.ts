import type { FastifyReply } from 'fastify';

/** Media type of RFC 9457 problem details. */
export const PROBLEM_JSON = 'application/problem+json';

/** Answers with RFC 9457 problem details; `code` is the stable name clients may branch on. */
export function sendProblem(reply: FastifyReply, status: number, code: string, detail: string): FastifyReply {
  const title = code.replaceAll('-', ' ');
  return reply
    .code(status)
    .type(PROBLEM_JSON)
    .send(JSON.stringify({ type: `urn:holdfast:problem:${code}`, title, status, code, detail }));
}
