import { randomId } from '../../crypto/index.ts';
import { stripServerFields } from '../../r4/index.ts';
import type { Reader, StoredVersion } from '../../vault/index.ts';
import { mayWrite, permitsWrite, type Reach, reachOf } from '../access.ts';
import type { Answer, Context } from '../context.ts';
import { requireMatch, requireNoneMatch } from '../entity-tag.ts';
import { FhirError } from '../errors.ts';
import { draft, type Prepared, prepare, requireSameId } from '../prepared.ts';
import { condition } from '../search/criteria.ts';
import { matchOne } from '../search/match-one.ts';
import { foundAnswer, refuseNotice, refuseProtected, writeAnswer } from '../write-answer.ts';
import { performWrite, resourceLock, type WritePlan, type Written } from '../write-plan.ts';
import { updateConsent } from './consent.ts';

/** On which state an update may be built. */
export interface UpdateConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  /** Nothing may stand there yet: a conditional update that matched nothing must not overwrite what did not match. */
  readonly onlyNew?: true;
}

/** Throws FhirError unless the principal may touch what stands there now. To If-Match, what they may not touch is not there. */
function requireReplaceable(
  context: Context,
  reach: Reach,
  current: StoredVersion,
  ifMatch: string | undefined,
): void {
  if (current.erased === true) {
    if (reach.patientOnly !== undefined) {
      requireMatch(ifMatch, undefined);
      throw new FhirError('not-permitted', 'You may not write this resource.');
    }
    throw new FhirError('erased', 'This resource was erased: nothing more is stored under its id.');
  }
  if (permitsWrite(context, reach, current.facts, current.patients)) return;
  requireMatch(ifMatch, undefined);
  throw new FhirError('not-permitted', 'You may not write this resource.');
}

/**
 * The plan of an update, or of a create under the client's own id where nothing stands there yet. Equal content adds no
 * version. Throws FhirError `not-permitted`, `precondition-failed`, `conflict` or `erased` when it is built.
 */
export function planUpdate(
  context: Context,
  prepared: Prepared,
  id: string,
  conditions: UpdateConditions,
): WritePlan {
  const { type } = prepared;
  refuseProtected(type, context.importing);
  const reach = reachOf(context.principal, type, 'u');
  const { labels } = context.services.policy;
  const drafted = draft(prepared, id, context.time.toISOString(), context.principal.id, labels);
  const build = (read: Reader): Written => {
    const current = read.read(type, id);
    if (current !== undefined) requireReplaceable(context, reach, current, conditions.ifMatch);
    refuseNotice(context, type, id);
    const stands = current?.text === undefined ? undefined : current.version;
    requireMatch(conditions.ifMatch, stands);
    requireNoneMatch(conditions.ifNoneMatch, stands);
    if (conditions.onlyNew === true && stands !== undefined)
      throw new FhirError('conflict', 'Another resource has this id, and the criteria do not match it.');
    const version = drafted.at((current?.version ?? 0) + 1);
    mayWrite(context, reach, version.facts, version.patients, current?.text === undefined ? 'c' : 'u');
    if (current?.text === undefined) return { version, answer: writeAnswer(context, 201, version) };
    if (stripServerFields(current.text) === stripServerFields(version.text)) {
      context.trail.objects.add(`${type}/${id}`);
      return { answer: foundAnswer(context, { ...current, text: current.text }) };
    }
    if (context.importing && type === 'Consent')
      throw new FhirError('conflict', 'A Consent that is here is not changed by an import.');
    return { version, answer: writeAnswer(context, 200, version) };
  };
  return { locks: [resourceLock(type, id)], build };
}

/** FHIR R4 §http-update. */
export async function update(context: Context, type: string, id: string, body: string): Promise<Answer> {
  refuseProtected(type, context.importing);
  reachOf(context.principal, type, 'u');
  const prepared = prepare(body, type);
  requireSameId(prepared, id);
  if (type === 'Consent') return updateConsent(context, prepared, id);
  return performWrite(context, planUpdate(context, prepared, id, context.headers));
}

/** Where a conditional update goes: to the one match, or to a new resource (FHIR R4 §cond-update). */
export interface UpdateTarget extends UpdateConditions {
  readonly id: string;
}

/** The target of a conditional update, given what its criteria match. Throws FhirError `id-mismatch`. */
export function conditionalTarget(
  prepared: Prepared,
  match: { readonly id: string } | undefined,
): Pick<UpdateTarget, 'id' | 'onlyNew'> {
  const given = prepared.resource.id;
  if (match === undefined) return given === undefined ? { id: randomId() } : { id: given, onlyNew: true };
  if (given !== undefined && given !== match.id) {
    throw new FhirError('id-mismatch', 'The id in the body is not that of the resource that matches.', {
      expression: `${prepared.type}.id`,
    });
  }
  return { id: match.id };
}

/** FHIR R4 §cond-update: no match creates, one match updates, several answer 412. */
export async function conditionalUpdate(
  context: Context,
  type: string,
  criteria: string,
  body: string,
): Promise<Answer> {
  refuseProtected(type, context.importing);
  if (type === 'Consent') throw new FhirError('method-not-allowed', 'A Consent is updated by its id only.');
  reachOf(context.principal, type, 'u');
  const wanted = condition(context, type, criteria);
  const prepared = prepare(body, type);
  return context.services.conditions.exclusively(wanted.key, async () => {
    const { id, ...only } = conditionalTarget(prepared, await matchOne(context, wanted));
    return performWrite(context, planUpdate(context, prepared, id, { ...context.headers, ...only }));
  });
}
