import { accessEvent } from '../audit/index.ts';
import type { Principal } from '../identity/index.ts';
import type { AuditWrite } from '../vault/index.ts';
import { mayWithhold, purposesServed, refusalsOf } from './decision-note.ts';
import { etagOf } from './entity-tag.ts';
import type { FhirServices } from './services.ts';
import { entryTrail, type Trail } from './trail.ts';

/** HTTP headers of the request that FHIR gives a meaning to. */
export interface ConditionalHeaders {
  ifMatch?: string;
  ifNoneMatch?: string;
  ifNoneExist?: string;
  prefer?: string;
}

/** One authenticated request on its way through an interaction. */
export interface Context {
  readonly services: FhirServices;
  readonly principal: Principal;
  readonly trail: Trail;
  readonly headers: ConditionalHeaders;
  /**
   * True below `$import`: ids are taken from what is imported, and an imported Consent or AuditEvent is stored as an
   * ordinary record: inert, or foreign, until adopted (FORMATS §7).
   */
  readonly importing: boolean;
  /** Shows the token once more, for what takes its time. Rejects as authentication does when it was called back or has expired. */
  readonly requireToken: () => Promise<unknown>;
  /** The server's time for everything this request writes. */
  readonly time: Date;
  /**
   * The request's AuditEvent as it stands now, to go into the same commit as what it describes. None for an entry of a batch:
   * the batch has one, which names what all entries did and is durable before the batch is answered.
   */
  readonly audits: (status: number) => readonly AuditWrite[];
}

/** What goes back to the client. `body` is JSON text. */
export interface Answer {
  status: number;
  body?: string;
  headers: Record<string, string>;
  /** Labels of what the body shows, for the Bundle that it may become an entry of. */
  labels?: readonly string[];
  /** A write that found what it names there already, and wrote nothing. */
  isFound?: true;
}

/** The AuditEvent of a request as its trail stands now. `detail` is the stable code of a refusal. */
export function auditOf(
  services: FhirServices,
  trail: Trail,
  time: Date,
  status: number,
  detail?: string,
): AuditWrite {
  const { principal, isEmergency, refusals } = trail;
  const purposes = purposesServed(principal?.purposes ?? [], isEmergency);
  return accessEvent({
    organisation: services.organisation,
    time,
    requestId: trail.requestId,
    principal: principal === undefined ? undefined : { ...principal, purposes },
    isStale: isEmergency && services.emergencies?.isStale() === true,
    withheld: mayWithhold(trail, status)
      ? services.refusals?.seal(refusalsOf(refusals, status), trail.requestId)
      : undefined,
    action: trail.action,
    subtype: trail.subtype,
    type: trail.type,
    searched: trail.searched,
    status,
    detail,
    patients: [...trail.patients],
    objects: [...trail.objects],
    consents: [...trail.consents],
  });
}

/** What of a request a context is made of, beside who asks. */
export interface RequestParts {
  readonly headers?: ConditionalHeaders;
  /** As {@link Context.requireToken}; left out where what is done is done at once, or there is no token. */
  readonly requireToken?: Context['requireToken'];
}

const noToken = () => Promise.resolve();

/** The context of a request by `principal`, at the present time. */
export function requestContext(
  services: FhirServices,
  principal: Principal,
  trail: Trail,
  { headers = {}, requireToken = noToken }: RequestParts = {},
): Context {
  trail.principal = principal;
  const time = services.now();
  const audits = (status: number) => [auditOf(services, trail, time, status)];
  return { services, principal, trail, headers, importing: false, requireToken, time, audits };
}

/** The context of one entry of a batch: it leaves the AuditEvent to the batch. */
export function entryContext(context: Context, headers: ConditionalHeaders): Context {
  return { ...context, headers, trail: entryTrail(context.trail), audits: () => [] };
}

/** An answer with a resource version: body, ETag and Last-Modified (FHIR R4 §http-headers). */
export function versionAnswer(
  status: number,
  stored: { version: number; lastUpdated: string; text?: string | undefined },
): Answer {
  const headers = {
    etag: etagOf(stored.version),
    'last-modified': new Date(stored.lastUpdated).toUTCString(),
  };
  return stored.text === undefined ? { status, headers } : { status, body: stored.text, headers };
}
