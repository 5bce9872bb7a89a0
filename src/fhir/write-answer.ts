import { type Answer, type Context, versionAnswer } from './context.ts';
import { FhirError } from './errors.ts';
import { allOk } from './outcome.ts';

/** Types that clients never write: their integrity is the product's promise (FORMATS §6). */
const WRITTEN_BY_THE_NODE = new Set(['AuditEvent']);

/** Throws FhirError `method-not-allowed` for AuditEvents, which cannot be changed or deleted through REST. */
export function refuseProtected(context: Context, type: string): void {
  if (!context.importing && WRITTEN_BY_THE_NODE.has(type)) {
    throw new FhirError(
      'method-not-allowed',
      `${type} is written by the node itself and cannot be changed through REST.`,
    );
  }
}

/** What a write answers with, as the Prefer header asks (FHIR R4 §ops: return). */
export function writeAnswer(
  context: Context,
  status: number,
  version: { type: string; id: string; version: number; lastUpdated: string; text: string },
): Answer {
  const answer = versionAnswer(status, version);
  answer.headers.location = `${context.services.baseUrl}/${version.type}/${version.id}/_history/${version.version}`;
  if (context.headers.prefer === 'return=minimal') delete answer.body;
  if (context.headers.prefer === 'return=OperationOutcome') answer.body = allOk('Stored.');
  return answer;
}
