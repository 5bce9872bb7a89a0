import type { FastifyReply } from 'fastify';
import { IdentityError, type IdentityErrorCode } from './errors.ts';

const statuses: Record<IdentityErrorCode, number> = {
  'token-missing': 401,
  'token-malformed': 401,
  'token-invalid': 401,
  'token-revoked': 401,
  'token-expired': 401,
  'token-issuer': 401,
  'token-audience': 401,
  'scope-insufficient': 403,
  'scope-malformed': 400,
  'scope-unsupported': 400,
  'purpose-unknown': 400,
  'request-invalid': 400,
  'request-too-large': 413,
  'patient-unknown': 404,
  'enrolment-code-invalid': 403,
  'enrolment-code-expired': 403,
  'enrolment-code-used': 403,
  'enrolment-code-locked': 403,
  'enrolment-signature-invalid': 403,
  'key-already-enrolled': 409,
  'key-unknown': 404,
  'too-many-keys': 409,
  'persona-unknown': 404,
  'client-invalid': 400,
  'client-unknown': 404,
  'account-unknown': 404,
  'account-invalid': 400,
  'login-taken': 409,
  'password-weak': 400,
  'sign-in-refused': 403,
  'form-stale': 403,
  'link-invalid': 403,
  'launch-invalid': 400,
  'grant-unknown': 404,
  'reauthentication-failed': 403,
  'outside-sign-in-failed': 403,
  'authority-unreadable': 500,
  'not-recorded': 503,
  'storage-full': 507,
};

/** What an HTTP route answers for an IdentityError; rooms that answer OperationOutcome take it from here too. */
export interface IdentityProblem {
  status: number;
  code: IdentityErrorCode;
  detail: string;
  headers: Record<string, string>;
}

/** As {@link IdentityProblem}, of whatever origin. */
export type HttpProblem = Omit<IdentityProblem, 'code'> & { code: string };

/** The HTTP shape of an error of this room; undefined for any other error. Challenges follow RFC 6750 §3. */
export function identityProblem(error: unknown): IdentityProblem | undefined {
  if (!(error instanceof IdentityError)) return undefined;
  const { code, message } = error;
  const status = statuses[code];
  const headers: Record<string, string> = {};
  // A request without any token gets a bare challenge: naming an error would confirm what was looked for (§3.1).
  if (code === 'token-missing') headers['www-authenticate'] = 'Bearer';
  else if (status === 401) headers['www-authenticate'] = 'Bearer error="invalid_token"';
  else if (code === 'scope-insufficient') headers['www-authenticate'] = 'Bearer error="insufficient_scope"';
  if (status === 503) headers['retry-after'] = '1';
  return { status, code, detail: message, headers };
}

/** The body of RFC 9457 problem details with its stable `code`. */
function problemJson(status: number, code: string, detail: string): string {
  const type = `urn:holdfast:problem:${code}`;
  return JSON.stringify({ type, title: code.replaceAll('-', ' '), status, code, detail });
}

/** Media type of RFC 9457. */
const PROBLEM_JSON = 'application/problem+json';

/** Answers with problem details. Anything that is not an error of this room or of HTTP itself is a 500 that tells nothing. */
export function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const { status, code, detail, headers } = problemOf(error);
  return reply
    .code(status)
    .headers(headers)
    .type(PROBLEM_JSON)
    .send(problemJson(status, code, detail));
}

/** What any error becomes over HTTP: an error of this room, a refusal by Fastify itself, or a 500. */
export function problemOf(error: unknown): HttpProblem {
  return identityProblem(error) ?? httpProblem(error);
}

/** What Fastify refused before a handler ran (413, 415, malformed), else an internal error without its message. */
function httpProblem(error: unknown): HttpProblem {
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode;
  if (status === 413) {
    return {
      status,
      code: 'request-too-large',
      detail: 'The body is larger than this route takes.',
      headers: {},
    };
  }
  if (status === 429) {
    return { status, code: 'too-many-requests', detail: 'Too many requests: wait a minute.', headers: {} };
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return {
      status,
      code: 'request-invalid',
      detail: 'The request is not one this route takes.',
      headers: {},
    };
  }
  return { status: 500, code: 'internal', detail: 'The request could not be finished.', headers: {} };
}
