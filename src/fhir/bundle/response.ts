import { highWaterMark } from '../../consent/index.ts';
import type { Answer, Context } from '../context.ts';
import type { FhirError } from '../errors.ts';
import { operationOutcome } from '../outcome.ts';
import type { EntryRequest } from './bundle-request.ts';
import { type BundleEntry, bundleText } from './bundle-text.ts';

/** Answers one entry as a request by itself. */
export type AnswerEntry = (context: Context, entry: EntryRequest) => Promise<Answer>;

const STATUS_TEXT: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  304: 'Not Modified',
};

function responseEntry({ status, headers, body }: Answer): BundleEntry {
  const response: Record<string, unknown> = { status: `${status} ${STATUS_TEXT[status] ?? ''}`.trim() };
  if (headers.location !== undefined) response.location = headers.location;
  if (headers.etag !== undefined) response.etag = headers.etag;
  const modified = headers['last-modified'];
  if (modified !== undefined) response.lastModified = new Date(modified).toISOString();
  const failed = status >= 400 && body !== undefined;
  const outcome = failed ? `,"outcome":${body}` : '';
  const extra = `"response":${JSON.stringify(response).slice(0, -1)}${outcome}}`;
  return failed || body === undefined ? { extra } : { resource: body, extra };
}

/** The answer of a transaction or batch, one entry per entry of the request, in its order. */
export function responseBundle(type: 'transaction' | 'batch', answers: readonly Answer[]): Answer {
  const entries = answers.map(responseEntry);
  const shown = answers.filter(({ body }) => body !== undefined);
  const security = highWaterMark(shown.map(({ labels }) => labels ?? []));
  return { status: 200, body: bundleText({ type: `${type}-response`, security }, entries), headers: {} };
}

/** A refusal as one entry's answer. */
export function refusedAnswer(error: FhirError): Answer {
  return { status: error.status, body: operationOutcome(error.issues, error.stable), headers: {} };
}
