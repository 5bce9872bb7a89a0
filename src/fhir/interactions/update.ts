import { randomId } from '../../crypto/index.ts';
import { stripServerFields } from '../../r4/index.ts';
import type { Reader } from '../../vault/index.ts';
import { mayWrite, reachOf } from '../access.ts';
import { type Answer, type Context, versionOfEtag } from '../context.ts';
import { FhirError } from '../errors.ts';
import { aspects, type Prepared, prepare, versionOf } from '../prepared.ts';
import { matchOne } from '../search/match-one.ts';
import { refuseProtected, writeAnswer } from '../write-answer.ts';
import { performWrite, resourceLock, type WritePlan } from '../write-plan.ts';

/** FHIR R4 §concurrency: a stale If-Match answers 412. Throws FhirError `precondition-failed`. */
export function requireVersion(ifMatch: string | undefined, current: number | undefined): void {
  if (ifMatch === undefined) return;
  const wanted = versionOfEtag(ifMatch);
  if (wanted === undefined)
    throw new FhirError('invalid', 'If-Match must hold one ETag of this server, such as W/"3".');
  if (wanted !== current)
    throw new FhirError('precondition-failed', 'The resource has changed since that version.');
}

function requireSameId(prepared: Prepared, id: string): void {
  if (prepared.resource.id !== id) {
    throw new FhirError('id-mismatch', 'The id in the body must equal the id in the URL.', {
      expression: `${prepared.type}.id`,
    });
  }
}

/** The plan of an update, or of a create under the client's own id where nothing stands there yet. Equal content adds no version. */
export function planUpdate(
  context: Context,
  prepared: Prepared,
  id: string,
  ifMatch: string | undefined,
): WritePlan {
  refuseProtected(context, prepared.type);
  const reach = reachOf(context.principal, prepared.type, 'u');
  const build = (read: Reader) => {
    const head = read.head(prepared.type, id);
    const current = head === undefined ? undefined : read.read(prepared.type, id);
    if (current !== undefined && current.erased !== true)
      mayWrite(context, reach, current.facts, current.patients);
    requireVersion(ifMatch, head?.deleted === true ? undefined : head?.version);
    const version = versionOf(
      prepared,
      id,
      (head?.version ?? 0) + 1,
      context.time.toISOString(),
      context.principal.id,
    );
    mayWrite(context, reach, version.facts, version.patients);
    if (current?.text !== undefined && stripServerFields(current.text) === stripServerFields(version.text)) {
      return { answer: writeAnswer(context, 200, { ...current, text: current.text }) };
    }
    const created = current === undefined || current.deleted === true;
    return { version, answer: writeAnswer(context, created ? 201 : 200, version) };
  };
  return { locks: [resourceLock(prepared.type, id)], build };
}

/** FHIR R4 §http-update. */
export async function update(context: Context, type: string, id: string, body: string): Promise<Answer> {
  context.trail.action = 'U';
  context.trail.subtype = 'update';
  refuseProtected(context, type);
  reachOf(context.principal, type, 'u');
  const prepared = prepare(body, type);
  requireSameId(prepared, id);
  if (type === 'Consent' && !context.importing) return updateConsent(context, prepared, id);
  return performWrite(context, planUpdate(context, prepared, id, context.headers.ifMatch));
}

const CONSENT_ID = /^[0-9a-f]{32}$/;

async function updateConsent(context: Context, prepared: Prepared, id: string): Promise<Answer> {
  if (!CONSENT_ID.test(id)) {
    throw new FhirError('invalid', 'The id of a Consent is 32 lower-case hexadecimal digits.', {
      expression: 'Consent.id',
    });
  }
  const { facts, patients } = aspects(prepared, id);
  const reach = reachOf(context.principal, 'Consent', 'u');
  const current = await context.services.vault.read('Consent', id);
  if (current !== undefined) mayWrite(context, reach, current.facts, current.patients);
  mayWrite(context, reach, facts, patients);
  requireVersion(context.headers.ifMatch, current?.version);
  const expected = current === undefined ? {} : { expectedVersion: current.version };
  await context.services.consentPath.put({
    id,
    text: prepared.text,
    actor: context.principal.id,
    ...expected,
  });
  const stored = await context.services.vault.read('Consent', id);
  if (stored?.text === undefined)
    throw new FhirError('ledger-unavailable', 'The ledger has not finished this yet.');
  context.trail.objects.add(`Consent/${id}/_history/${stored.version}`);
  return writeAnswer(context, current === undefined ? 201 : 200, { ...stored, text: stored.text });
}

/** FHIR R4 §cond-update: no match creates, one match updates, several answer 412. */
export async function conditionalUpdate(
  context: Context,
  type: string,
  criteria: string,
  body: string,
): Promise<Answer> {
  context.trail.action = 'U';
  context.trail.subtype = 'update';
  refuseProtected(context, type);
  if (type === 'Consent') throw new FhirError('method-not-allowed', 'A Consent is updated by its id only.');
  if (criteria === '') throw new FhirError('search-invalid', 'A conditional update needs search criteria.');
  reachOf(context.principal, type, 'u');
  const prepared = prepare(body, type);
  return context.services.conditions.exclusively(`${type}?${criteria}`, async () => {
    const match = await matchOne(context, type, criteria);
    const given = prepared.resource.id;
    if (match !== undefined && given !== undefined && given !== match.id) {
      throw new FhirError('id-mismatch', 'The id in the body is not that of the resource that matches.', {
        expression: `${type}.id`,
      });
    }
    const id = match?.id ?? given ?? randomId();
    return performWrite(context, planUpdate(context, prepared, id, context.headers.ifMatch));
  });
}
