import { canonicalize, type JsonObject } from '../proof/index.ts';
import { REDACTED } from '../r4/index.ts';
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

const asList = (value: unknown): JsonObject[] => (Array.isArray(value) ? value : []);

function referenceIn(reference: unknown): string {
  const text = (reference as { reference?: unknown } | undefined)?.reference;
  return typeof text === 'string' ? text : '';
}

/** Reference to a resource or a version of it; the first group is without the version. */
const OBJECT = /^([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(\/_history\/.+)?$/;
const RECORD_ROLE = '4'; // object-role "Domain Resource": what was written, read or released

/**
 * A version as a child's parent may see it: a Consent of the child and an AuditEvent tell of care that the child may keep to themself
 * (45 CFR 164.502(g)(3)) where they name it. An AuditEvent is shown without the records and the consents that may not be named,
 * and not at all when no record is left beside them, or when it was not recorded here.
 */
export function shownToParent(
  stored: StoredVersion,
  shows: (reference: string) => boolean,
): (StoredVersion & { readonly redacted?: true }) | undefined {
  if (stored.type === 'Consent') return shows(`Consent/${stored.id}`) ? stored : undefined;
  if (stored.type !== 'AuditEvent') return stored;
  if (stored.text === undefined || stored.recorded !== true || stored.patients.length > 1) return undefined;
  const event = JSON.parse(stored.text) as JsonObject;
  const entities = asList(event.entity);
  // Other entities are no records: the patient and the request are told as the release is, a consent that it relied on is not.
  const isRecord = ({ role }: JsonObject) => (role as JsonObject | undefined)?.code === RECORD_ROLE;
  const kept = entities.filter((entity) => {
    const object = OBJECT.exec(referenceIn(entity.what))?.[1];
    if (!isRecord(entity) && object?.startsWith('Consent/') !== true) return true;
    return object !== undefined && shows(object);
  });
  if (kept.length === entities.length) return stored;
  if (!kept.some(isRecord)) return undefined;
  const { versionId, lastUpdated } = (event.meta ?? {}) as JsonObject;
  const redacted = { ...event, meta: { versionId, lastUpdated, security: [REDACTED] }, entity: kept };
  return { ...stored, text: canonicalize(JSON.parse(JSON.stringify(redacted))), redacted: true };
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
