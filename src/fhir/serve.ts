import { accessEvent } from '../audit/index.ts';
import type { Answer, ConditionalHeaders, Context } from './context.ts';
import type { FhirError } from './errors.ts';
import { parseInteraction, parseQuery, pathSegments } from './interaction.ts';
import { operationOutcome } from './outcome.ts';
import { type FhirRequest, perform } from './perform.ts';
import type { FhirServices } from './services.ts';
import { newTrail, type Trail } from './trail.ts';
import { asFhirError } from './translate.ts';

/** One HTTP request as it reached the FHIR base, before anything is believed. */
export interface RawRequest {
  readonly id: string;
  readonly method: string;
  /** Path below the FHIR base, still encoded. */
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
  readonly headers: ConditionalHeaders;
  /** A refusal that the edge already found (media types); recorded like any other. */
  readonly refusal?: FhirError;
}

/** FHIR R4 §http-summary: a form-encoded `_search` body is a query. */
function requestOf(raw: RawRequest): FhirRequest {
  const segments = pathSegments(raw.path);
  const formSearch = raw.method === 'POST' && segments.at(-1) === '_search';
  const criteria =
    formSearch && raw.body !== '' ? [raw.query, raw.body].filter((part) => part !== '').join('&') : raw.query;
  const query = parseQuery(criteria);
  return {
    interaction: parseInteraction(raw.method, segments, query),
    method: raw.method,
    query,
    criteria,
    accept: raw.accept,
    body: raw.body,
  };
}

function auditOf(services: FhirServices, trail: Trail, time: Date, status: number) {
  return accessEvent({
    organisation: services.organisation,
    time,
    requestId: trail.requestId,
    principal: trail.principal,
    action: trail.action,
    subtype: trail.subtype,
    type: trail.type,
    searched: trail.searched,
    status,
    patients: [...trail.patients],
    objects: [...trail.objects],
    consents: [...trail.consents],
  });
}

/** Only the CapabilityStatement needs no token (FHIR R4 §http-capabilities). */
const isPublic = ({ method, path }: RawRequest): boolean =>
  (method === 'GET' || method === 'HEAD') && /^\/metadata\/?$/.test(path);

/** Forgets what a refused request looked at: its entry names nothing that it was not given. */
function clearDisclosures(trail: Trail): void {
  trail.patients.clear();
  trail.objects.clear();
  trail.consents.clear();
}

/**
 * Serves one FHIR request: who asks, may they, do it, durable, answer (DESIGN §2). Whatever the outcome, one
 * AuditEvent is on disk before the answer is returned. Capabilities are public and leave no entry.
 */
export async function serve(services: FhirServices, raw: RawRequest): Promise<Answer> {
  const trail = newTrail(raw.id);
  const time = services.now();
  let answer: Answer;
  try {
    if (isPublic(raw)) {
      if (raw.refusal !== undefined) throw raw.refusal;
      return await perform({ services } as Context, requestOf(raw));
    }
    // Who asks comes first: a refusal of anything else is theirs, and their entry names them.
    const principal = await services.authenticate(raw.authorization);
    trail.principal = principal;
    if (raw.refusal !== undefined) throw raw.refusal;
    const request = requestOf(raw);
    const audit = (status: number) => auditOf(services, trail, time, status);
    answer = await perform(
      { services, principal, trail, headers: raw.headers, importing: false, time, audit },
      request,
    );
  } catch (error) {
    const refusal = asFhirError(error, { services, trail });
    clearDisclosures(trail);
    answer = {
      status: refusal.status,
      body: operationOutcome(refusal.issues),
      headers: refusal.status === 401 ? { 'www-authenticate': 'Bearer' } : {},
    };
  }
  if (trail.committed) return answer;
  try {
    await services.vault.commit({ audits: [auditOf(services, trail, time, answer.status)] });
    return answer;
  } catch (error) {
    const refusal = asFhirError(error, { services, trail });
    return { status: refusal.status, body: operationOutcome(refusal.issues), headers: {} };
  }
}
