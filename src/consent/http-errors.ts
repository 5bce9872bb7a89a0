import type { FastifyReply } from 'fastify';
import { DatabaseError } from '../database/index.ts';
import { identityProblem } from '../identity/index.ts';
import { LedgerError } from '../ledger/index.ts';
import { VaultError } from '../vault/index.ts';
import { ConsentError, type ConsentIssue } from './errors.ts';

/** Media type of RFC 9457. */
const PROBLEM_JSON = 'application/problem+json';

/** A refusal as RFC 9457 problem details. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly issues?: readonly ConsentIssue[];
  /** The sequence that a step of the consent is to be signed with instead. */
  readonly nextSequence?: number;
}

/** The problem an error is answered with. Only refusals say why; anything else is a 500 that tells nothing. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ConsentError) {
    const { status, code, message, issues, headers, nextSequence } = error;
    return {
      status,
      code,
      detail: message,
      ...(headers === undefined ? {} : { headers }),
      ...(issues.length === 0 ? {} : { issues }),
      ...(nextSequence === undefined ? {} : { nextSequence }),
    };
  }
  const identity = identityProblem(error);
  if (identity !== undefined) return identity;
  if ((error instanceof VaultError || error instanceof DatabaseError) && error.code === 'full')
    return { status: 507, code: 'storage-full', detail: 'There is no room left: nothing was changed.' };
  if (error instanceof VaultError && (error.code === 'busy' || error.code === 'not-ready'))
    return { status: 503, code: error.code, detail: error.message, headers: { 'retry-after': '1' } };
  if (error instanceof LedgerError)
    return {
      status: 503,
      code: 'ledger-unavailable',
      detail: 'The ledger cannot be asked now; try again.',
      headers: { 'retry-after': '1' },
    };
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode;
  if (status === 413)
    return { status, code: 'request-too-large', detail: 'The body is larger than this route takes.' };
  if (typeof status === 'number' && status >= 400 && status < 500)
    return { status, code: 'malformed', detail: 'The request is not one this route takes.' };
  return { status: 500, code: 'internal', detail: 'The request could not be finished.' };
}

/** Answers with problem details. */
export function sendProblem(
  reply: FastifyReply,
  { status, code, detail, headers = {}, issues, nextSequence }: Problem,
): FastifyReply {
  const body = {
    type: `urn:holdfast:problem:${code}`,
    title: code.replaceAll('-', ' '),
    status,
    code,
    detail,
    issues,
    nextSequence,
  };
  return reply.code(status).headers(headers).type(PROBLEM_JSON).send(JSON.stringify(body));
}
