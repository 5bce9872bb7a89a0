import { allowedBy, type Principal, restrictedFor } from '../identity/index.ts';
import { type DecisionFacts, type Filter, matchesFilters, parseResource } from '../r4/index.ts';
import type { StoredVersion } from '../vault/index.ts';
import { WRITING } from './asking.ts';
import { redactedFor, shownToParent } from './audit-redaction.ts';
import type { Context } from './context.ts';
import { FhirError } from './errors.ts';
import { tellsNoMore, withoutParts } from './partial-version.ts';
import { permission, permitted } from './permission.ts';
import { isShared } from './shared-type.ts';

/** SMART scopes v2 permission letters. */
export type Permission = 'c' | 'r' | 'u' | 'd' | 's';

/** How a token reaches a type: for all patients, or for the one it names. */
export interface Reach {
  readonly patientOnly: string | undefined;
  /** Set when the scopes carry restrictions (`?category=…`): one of these must hold of a resource. */
  readonly oneOf?: readonly PartialReach[];
}

/** What one scope reaches of a type: of one patient or of all, and of that what matches. */
interface PartialReach {
  readonly patientOnly: string | undefined;
  readonly filters: readonly Filter[];
}

/** A version as it may be shown; redacted ones carry the text that is left, and where parts were left out the whole beside it. */
export type Shown = StoredVersion & { readonly redacted?: true; readonly whole?: StoredVersion };

const EVERYBODY: Reach = { patientOnly: undefined };

/**
 * What the token's scopes allow on a type; undefined when nothing. A patient's own token never reaches beyond that patient,
 * at whatever level its scopes are.
 */
export function reachWithin(principal: Principal, type: string, permission: Permission): Reach | undefined {
  const levels = allowedBy(principal.scopes, type, permission);
  const isPatient = principal.kind === 'patient';
  if (!isPatient && (levels?.system === true || levels?.user === true)) return EVERYBODY;
  const own = principal.patient === undefined ? undefined : { patientOnly: principal.patient };
  const restricted = restrictedFor(principal.scopes, type, permission);
  if (restricted.length === 0) return levels === undefined ? undefined : own;
  const oneOf = restricted.flatMap(({ level, filters }): PartialReach[] => {
    if (!isPatient && level !== 'patient') return [{ patientOnly: undefined, filters }];
    return own === undefined ? [] : [{ ...own, filters }];
  });
  if (oneOf.every(({ patientOnly }) => patientOnly !== undefined) && own !== undefined)
    return levels === undefined ? { ...own, oneOf } : own;
  if (levels !== undefined && own !== undefined) oneOf.push({ ...own, filters: [] });
  return oneOf.length === 0 ? undefined : { patientOnly: undefined, oneOf };
}

/** As {@link reachWithin}. Throws FhirError `not-permitted` for nothing: the same whether or not any resource of the type exists. */
export function reachOf(principal: Principal, type: string, permission: Permission): Reach {
  const reach = reachWithin(principal, type, permission);
  if (reach === undefined)
    throw new FhirError('not-permitted', `The token's scopes do not allow this on ${type}.`);
  return reach;
}

function isOf(patientOnly: string | undefined, type: string, patients: readonly string[]): boolean {
  if (patientOnly === undefined) return true;
  return patients.length === 0 ? isShared(type) : patients.includes(patientOnly);
}

/** By which of its scopes a token reaches a version, the widest first; undefined when by none. */
function reachingPart(
  { patientOnly, oneOf }: Reach,
  { type, patients, text }: StoredVersion,
): Pick<PartialReach, 'patientOnly'> | undefined {
  if (!isOf(patientOnly, type, patients)) return undefined;
  if (oneOf === undefined) return { patientOnly };
  // A version without a text (deleted) cannot be held against a restriction, so it is not reached.
  if (text === undefined) return undefined;
  const { resource } = parseResource(text);
  const parts = oneOf.filter(
    (part) => isOf(part.patientOnly, type, patients) && matchesFilters(resource, part.filters),
  );
  // Reached as the patient's own alone, what is about others too is redacted, whatever else the token reaches.
  return parts.find((part) => part.patientOnly === undefined) ?? parts[0];
}

/** A version that may be shown, and the consents that this relies on. */
export interface Judged {
  readonly shown: Shown;
  readonly relied: readonly string[];
}

/** What the decision lets be shown of a version; undefined when nothing. Notes nothing: see {@link note}. */
export function judge(context: Context, reach: Reach, stored: StoredVersion): Judged | undefined {
  const { type, patients, facts } = stored;
  const part = reachingPart(reach, stored);
  if (part === undefined) return undefined;
  const { patientOnly } = part;
  if (patientOnly !== undefined && context.services.isSuspended?.(stored) === true) return undefined;
  const shows = context.services.affiliations?.representations.objectsShown(context.principal);
  const version = shows === undefined ? stored : shownToParent(stored, shows);
  if (version === undefined) return undefined;
  if (shows === undefined && type === 'AuditEvent' && patientOnly !== undefined && patients.length > 1) {
    const relied = permitted(context, facts, [patientOnly]);
    const shown = relied === undefined ? undefined : redactedFor(stored, patientOnly);
    return relied === undefined || shown === undefined ? undefined : { shown, relied };
  }
  const found = permission(context, facts, patients);
  if (found === undefined) return undefined;
  const shown = found.redactions.length === 0 ? version : inPart(reach, version, found.redactions);
  return shown === undefined ? undefined : { shown, relied: found.consents };
}

/** What is left of a version, where a restricted scope does not reach it by what is left out. A deletion has nothing to leave out. */
function inPart(reach: Reach, stored: StoredVersion, redactions: readonly string[]): Shown | undefined {
  if (stored.text === undefined) return stored;
  const shown = withoutParts(stored, redactions);
  const filters = reach.oneOf?.flatMap((part) => part.filters) ?? [];
  if (shown === undefined || !tellsNoMore(stored, shown, { filters, sort: [] })) return undefined;
  return { ...shown, redacted: true, whole: stored };
}

/** Notes on the trail what is shown to the asker. */
export function note({ trail, services }: Context, { shown, relied }: Judged): void {
  // The trail is the individual's to read: that staff looked at what is suspended must not tell them that it exists.
  if (services.isSuspended?.(shown) === true) return;
  for (const patient of shown.patients) trail.patients.add(patient);
  for (const consent of relied) trail.consents.add(consent);
  trail.objects.add(`${shown.type}/${shown.id}`);
}

/** {@link judge} and {@link note} in one: what is shown is noted, what is not leaves no trace. */
export function disclose(context: Context, reach: Reach, stored: StoredVersion): Shown | undefined {
  const judged = judge(context, reach, stored);
  if (judged === undefined) return undefined;
  note(context, judged);
  return judged.shown;
}

/** Whether the principal may write a resource with these facts for these patients; noted on the trail when so. */
export function permitsWrite(
  context: Context,
  { patientOnly, oneOf }: Reach,
  facts: DecisionFacts,
  patients: readonly string[],
  permission: 'c' | 'u' | 'd' = 'u',
): boolean {
  // Restricted scopes are for reading (identity refuses others): a write under one has nothing to be held against.
  if (oneOf !== undefined) return false;
  const inside =
    patientOnly === undefined || (patients.length > 0 && patients.every((id) => id === patientOnly));
  const relied = inside ? permitted(context, facts, patients, WRITING[permission]) : undefined;
  if (relied === undefined) return false;
  for (const patient of patients) context.trail.patients.add(patient);
  for (const consent of relied) context.trail.consents.add(consent);
  return true;
}

/** As {@link permitsWrite}. Throws FhirError `not-permitted` when not. */
export function mayWrite(
  context: Context,
  reach: Reach,
  facts: DecisionFacts,
  patients: readonly string[],
  permission: 'c' | 'u' | 'd' = 'u',
): void {
  if (!permitsWrite(context, reach, facts, patients, permission))
    throw new FhirError('not-permitted', 'You may not write this resource.');
}
