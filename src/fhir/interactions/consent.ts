import { randomId } from '../../crypto/index.ts';
import { mayWrite, type Permission, permitsWrite, type Reach, reachOf } from '../access.ts';
import type { Answer, Context } from '../context.ts';
import { etagOf, requireMatch, requireNoneMatch } from '../entity-tag.ts';
import { FhirError } from '../errors.ts';
import { factsOf, type Prepared } from '../prepared.ts';
import { writeAnswer } from '../write-answer.ts';

/** DESIGN §6: a Consent's id is what the ledger knows it by. */
const CONSENT_ID = /^[0-9a-f]{32}$/;

function requireConsentId(id: string): void {
  if (!CONSENT_ID.test(id)) {
    throw new FhirError('invalid', 'The id of a Consent is 32 lower-case hexadecimal digits.', {
      expression: 'Consent.id',
    });
  }
}

/** Through FHIR the custodian records a Consent; patients grant and revoke at `/consents`, with a key of their own. */
function recordingReach(context: Context, permission: Permission): Reach {
  const reach = reachOf(context.principal, 'Consent', permission);
  if (reach.patientOnly !== undefined)
    throw new FhirError('not-permitted', 'Patients grant and revoke with their own key, not through FHIR.');
  return reach;
}

/** FHIR R4 §http-create of a Consent under an id of the server's: ledger first (DESIGN §6). It cannot be conditional. */
export async function createConsent(context: Context, prepared: Prepared): Promise<Answer> {
  if (context.headers.ifNoneExist !== undefined)
    throw new FhirError('method-not-allowed', 'A Consent is not created conditionally.');
  if (prepared.resource.id !== undefined) requireConsentId(prepared.resource.id);
  const id = randomId();
  const facts = factsOf(prepared, id);
  mayWrite(context, recordingReach(context, 'c'), facts, facts.patients, 'c');
  return record(context, prepared, id, 201);
}

/** FHIR R4 §http-update of a Consent, or a create under the client's own id. What a patient signed is refused. */
export async function updateConsent(context: Context, prepared: Prepared, id: string): Promise<Answer> {
  requireConsentId(id);
  const facts = factsOf(prepared, id);
  const reach = recordingReach(context, 'u');
  const current = await context.services.vault.read('Consent', id);
  const isHidden = current !== undefined && !permitsWrite(context, reach, current.facts, current.patients);
  mayWrite(context, reach, facts, facts.patients);
  if (isHidden) {
    // To If-Match, what they may not touch is not there.
    requireMatch(context.headers.ifMatch, undefined);
    throw new FhirError('not-permitted', 'You may not write this resource.');
  }
  const stands = current?.text === undefined ? undefined : current.version;
  requireMatch(context.headers.ifMatch, stands);
  requireNoneMatch(context.headers.ifNoneMatch, stands);
  return record(context, prepared, id, stands === undefined ? 201 : 200, current?.version);
}

async function record(
  context: Context,
  { text }: Prepared,
  id: string,
  status: number,
  expectedVersion?: number,
): Promise<Answer> {
  const { consentPath, vault } = context.services;
  const actor = context.principal.id;
  const { version } = await consentPath.put({
    id,
    text,
    actor,
    ...(expectedVersion === undefined ? {} : { expectedVersion }),
  });
  const stored = await vault.read('Consent', id, version);
  if (stored?.text === undefined)
    throw new FhirError('ledger-unavailable', 'The ledger has not finished this yet.');
  context.trail.objects.add(`Consent/${id}/_history/${version}`);
  return writeAnswer(context, status, { ...stored, text: stored.text });
}

/** FHIR R4 §http-delete of a Consent: revoked on the ledger, then deleted. What is not there, or may not be seen, answers 204. */
export async function removeConsent(context: Context, id: string): Promise<Answer> {
  const reach = recordingReach(context, 'd');
  const current = await context.services.vault.read('Consent', id);
  const stands = current?.text !== undefined && permitsWrite(context, reach, current.facts, current.patients);
  requireMatch(context.headers.ifMatch, stands ? current.version : undefined);
  if (!stands) return { status: 204, headers: {} };
  const { version } = await context.services.consentPath.remove({ id, actor: context.principal.id });
  context.trail.objects.add(`Consent/${id}/_history/${version}`);
  return { status: 204, headers: { etag: etagOf(version) } };
}
