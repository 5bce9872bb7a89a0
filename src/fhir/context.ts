import type { Principal } from '../identity/index.ts';
import type { AuditWrite } from '../vault/index.ts';
import type { FhirServices } from './services.ts';
import type { Trail } from './trail.ts';

/** HTTP headers of the request that FHIR gives a meaning to. */
export interface ConditionalHeaders {
  ifMatch?: string;
  ifNoneMatch?: string;
  ifNoneExist?: string;
  /** `return=minimal`, `return=representation` or `return=OperationOutcome`. */
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
  /** The server's time for everything this request writes. */
  readonly time: Date;
  /** The request's AuditEvent as it stands now; goes into the same commit as what it describes. */
  readonly audit: (status: number) => AuditWrite;
}

/** What goes back to the client. `body` is JSON text. */
export interface Answer {
  status: number;
  body?: string;
  headers: Record<string, string>;
}

/** An answer with a resource version: body, ETag and Last-Modified (FHIR R4 §http-headers). */
export function versionAnswer(
  status: number,
  stored: { version: number; lastUpdated: string; text?: string | undefined },
): Answer {
  return {
    status,
    ...(stored.text === undefined ? {} : { body: stored.text }),
    headers: { etag: etagOf(stored.version), 'last-modified': new Date(stored.lastUpdated).toUTCString() },
  };
}

/** Weak ETag of a version id (FHIR R4 §versioning). */
export function etagOf(version: number): string {
  return `W/"${version}"`;
}

/** Version id out of an If-Match header; undefined when it is no ETag of ours. */
export function versionOfEtag(header: string): number | undefined {
  const match = /^(?:W\/)?"([1-9]\d{0,14})"$/.exec(header.trim());
  return match === null ? undefined : Number(match[1]);
}
