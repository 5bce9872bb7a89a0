import type { StoredVersion } from '../../vault/index.ts';

/** Media type of server-sent events (WHATWG HTML §9.2.5). */
export const EVENT_STREAM = 'text/event-stream';
/** How long a client waits before it comes again. */
const RETRY_MS = 3_000; // what browsers do by themselves

/** Why a stream ended, as its last event says. */
export interface StreamEnd {
  /** Stable code; clients branch on it. */
  readonly code: string;
  readonly detail: string;
}

/** What begins a stream: how soon to come again, and where it stands before anything happened. */
export function openingText(id: string): string {
  return `retry: ${RETRY_MS}\n${positionText(id)}`;
}

/** A comment that keeps proxies from closing the connection (§9.2.7). With the position: an event without data is not dispatched, its id is kept (§9.2.6). */
export function positionText(id: string): string {
  return `: holdfast\nid: ${id}\n\n`;
}

/** What was done to a resource, as FHIR names interactions (http://hl7.org/fhir/restful-interaction). */
function interactionOf({ version, text }: StoredVersion): 'create' | 'update' | 'delete' {
  if (text === undefined) return 'delete';
  return version === 1 ? 'create' : 'update';
}

/** One event: that a version was written, and where it is read. Nothing of what it says. */
export function versionText(id: string, version: StoredVersion): string {
  const { type, id: resource, lastUpdated } = version;
  const data = JSON.stringify({
    reference: `${type}/${resource}/_history/${version.version}`,
    lastUpdated,
  });
  return `id: ${id}\nevent: ${interactionOf(version)}\ndata: ${data}\n\n`;
}

/** The last event of a stream. It has no id: whoever comes again goes on after what they were told. */
export function endText(end: StreamEnd): string {
  return `event: end\ndata: ${JSON.stringify(end)}\n\n`;
}
