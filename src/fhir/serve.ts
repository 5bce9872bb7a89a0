import { capabilities } from './capabilities.ts';
import { type Answer, auditOf, type ConditionalHeaders, requestContext } from './context.ts';
import { FhirError } from './errors.ts';
import { type Interaction, parseInteraction, pathSegments, searchOrPage } from './interaction.ts';
import { type MediaHead, requireMediaTypes } from './media-type.ts';
import { operationOutcome } from './outcome.ts';
import { isReading, OvertakenCheck } from './overtaken.ts';
import { perform } from './perform.ts';
import { parseQuery, type Query } from './query.ts';
import type { FhirServices } from './services.ts';
import { forget, nameRequest, newTrail, type Trail } from './trail.ts';
import { asFhirError } from './translate.ts';

/** One HTTP request as it reached the FHIR base, before its body was read and before anything is believed. */
export interface RequestHead extends MediaHead {
  readonly id: string;
  readonly method: string;
  /** Path below the FHIR base, still encoded. */
  readonly path: string;
  readonly query: string;
  readonly authorization: string | undefined;
  readonly headers: ConditionalHeaders;
}

/** What a request's head came to: something that may be asked, or why not. */
export interface OpenedRequest {
  readonly head: RequestHead;
  readonly trail: Trail;
  readonly query: Query;
  readonly interaction: Interaction | undefined;
  /** Why it is refused whatever its body says. */
  readonly refusal: unknown;
}

/** One HTTP request with its body. */
export interface RawRequest extends RequestHead {
  readonly body: string;
}

/** Only the CapabilityStatement needs no token (FHIR R4 §http-capabilities). */
const isPublic = ({ method, path }: RequestHead): boolean =>
  (method === 'GET' || method === 'HEAD') && /^\/metadata\/?$/.test(path);

/**
 * Judges a request by its head: who asks, what for, in which media types. Never throws; a refusal is recorded and answered
 * by {@link answerRequest}. Who asks comes first: any other refusal is theirs, and their entry names them.
 */
export async function openRequest(services: FhirServices, head: RequestHead): Promise<OpenedRequest> {
  const trail = newTrail(head.id);
  let interaction: Interaction | undefined;
  let query: Query = [];
  try {
    if (!isPublic(head)) trail.principal = await services.authenticate(head.authorization);
    query = parseQuery(head.query);
    interaction = parseInteraction(head.method, pathSegments(head.path), query);
    nameRequest(trail, interaction);
    requireMediaTypes(head, interaction, query, services.operations);
    return { head, trail, query, interaction, refusal: undefined };
  } catch (refusal) {
    return { head, trail, query, interaction, refusal };
  }
}

/** FHIR R4 §search: a form-encoded `_search` body is a query. */
function withForm(opened: OpenedRequest, body: string): Pick<OpenedRequest, 'interaction' | 'query'> {
  const { interaction, query } = opened;
  if (interaction?.kind !== 'search' || body === '') return { interaction, query };
  const both = [...query, ...parseQuery(body)];
  return { interaction: searchOrPage(interaction.type, both), query: both };
}

async function answerOf(services: FhirServices, opened: OpenedRequest, body: string): Promise<Answer> {
  if (opened.refusal !== undefined) throw opened.refusal;
  const { head, trail } = opened;
  const { interaction, query } = withForm(opened, body);
  if (interaction?.kind === 'capabilities') return capabilities(services);
  if (interaction === undefined || trail.principal === undefined)
    throw new FhirError('internal', 'The request was not opened.');
  const { method, accept, query: criteria, headers, authorization } = head;
  const requireToken = () => services.authenticate(authorization);
  const context = requestContext(services, trail.principal, trail, { headers, requireToken });
  return perform(context, { interaction, method, query, criteria, accept, body });
}

/**
 * Answers a request that was opened. Whatever the outcome, one AuditEvent is on disk before the answer is returned; the
 * capabilities, which are public, leave none. An answer that a revocation overtakes is made anew, with an AuditEvent of its own.
 */
export async function answerRequest(
  services: FhirServices,
  opened: OpenedRequest,
  body: string,
): Promise<Answer> {
  const check = isReading(services, opened.interaction) ? new OvertakenCheck(services) : undefined;
  for (;;) {
    const answer = await answerOnce(services, opened, body);
    if (check === undefined || answer.status >= 400) return answer;
    try {
      // Its entry is on disk: what was withdrawn up to now wins over it. Nobody has seen the answer yet.
      await check.requireToken(opened.head.authorization);
      if (!check.isOvertaken(opened.trail)) return answer;
    } catch (error) {
      return refusalAnswer(asFhirError(error, { services, trail: opened.trail }));
    }
    forget(opened.trail);
    opened.trail.committed = false;
  }
}

/** One attempt at an answer, and its AuditEvent. */
async function answerOnce(services: FhirServices, opened: OpenedRequest, body: string): Promise<Answer> {
  const { trail } = opened;
  let answer: Answer;
  let detail: string | undefined;
  try {
    answer = await answerOf(services, opened, body);
  } catch (error) {
    const refusal = asFhirError(error, { services, trail });
    forget(trail);
    detail = refusal.stable;
    answer = refusalAnswer(refusal);
  }
  if (trail.committed || opened.interaction?.kind === 'capabilities') return answer;
  try {
    await services.vault.commit({
      audits: [auditOf(services, trail, services.now(), answer.status, detail)],
    });
    return answer;
  } catch (error) {
    return refusalAnswer(asFhirError(error, { services, trail }));
  }
}

/** Serves one request whose body was read already: who asks, may they, do it, durable, answer (DESIGN §2). */
export async function serve(services: FhirServices, raw: RawRequest): Promise<Answer> {
  return answerRequest(services, await openRequest(services, raw), raw.body);
}

/** A refusal as it is sent. */
function refusalAnswer({ status, issues, stable, headers }: FhirError): Answer {
  return { status, body: operationOutcome(issues, stable), headers: { ...headers } };
}
