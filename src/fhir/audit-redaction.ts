import { canonicalize, type JsonObject } from '../proof/index.ts';
import type { StoredVersion } from '../vault/index.ts';

/** Elements that say who did what when; everything else may speak of the other patients. */
const KEPT: ReadonlySet<string> = new Set([
  'action',
  'agent',
  'entity',
  'id',
  'meta',
  'outcome',
  'period',
  'purposeOfEvent',
  'recorded',
  'resourceType',
  'source',
  'subtype',
  'type',
]);

/** FORMATS §2: a release that was redacted says so. */
const REDACTED = { code: 'REDACTED', system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue' };

const asList = (value: unknown): JsonObject[] => (Array.isArray(value) ? value : []);

function referenceIn(reference: unknown): string {
  const text = (reference as { reference?: unknown } | undefined)?.reference;
  return typeof text === 'string' ? text : '';
}

/**
 * An AuditEvent that names several patients, as one of them may see it: who did what to their record and when, without the
 * other patients, the objects, the query and the consents, none of which tell whose they are. Undefined when another patient is
 * among those who acted, and for an AuditEvent that was not recorded here: such events are withheld.
 */
export function redactedFor(
  stored: StoredVersion,
  patient: string,
): (StoredVersion & { readonly redacted: true }) | undefined {
  // What came from elsewhere may say anything about anybody in any element.
  if (stored.text === undefined || stored.recorded !== true) return undefined;
  const own = `Patient/${patient}`;
  const event = JSON.parse(stored.text) as JsonObject;
  const actors = asList(event.agent).map(({ who }) => referenceIn(who));
  if (actors.some((actor) => actor.startsWith('Patient/') && actor !== own)) return undefined;
  const kept = Object.fromEntries(Object.entries(event).filter(([name]) => KEPT.has(name)));
  const { versionId, lastUpdated } = (event.meta ?? {}) as JsonObject;
  const entity = asList(event.entity).flatMap(({ type, role, what }) =>
    referenceIn(what) === own ? [{ type, role, what: { reference: own } }] : [],
  );
  const { entity: _entity, ...rest } = kept;
  const redacted = {
    ...rest,
    meta: { versionId, lastUpdated, security: [REDACTED] },
    ...(entity.length === 0 ? {} : { entity }),
  };
  // Through JSON, which leaves out what is undefined.
  return {
    ...stored,
    text: canonicalize(JSON.parse(JSON.stringify(redacted))),
    patients: [patient],
    redacted: true,
  };
}
