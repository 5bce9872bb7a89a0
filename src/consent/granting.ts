import { nativePrimitives } from '../crypto/index.ts';
import { allowedBy, type EnrolledKey, type Principal } from '../identity/index.ts';
import {
  consentCommitment,
  consentKeyMessage,
  consentMessage,
  fromBase64,
  type JsonObject,
  linkMessage,
  toBase64,
  verifyStatement,
} from '../proof/index.ts';
import { checkConsent } from './check-consent.ts';
import type { CustodianRecord } from './consent-record.ts';
import type { ConsentServices } from './consent-services.ts';
import {
  consentOnLedger,
  requireNotRevoking,
  requireSequence,
  type StepAnswer,
  stepAnswer,
} from './consent-step.ts';
import type { ConsentState } from './contract-state.ts';
import { ConsentError } from './errors.ts';
import type { GrantRequest } from './request.ts';

/**
 * Takes a grant (sequence 1) or a replacement, signed by the patient's key for this consent, at its custodian. It permits
 * something once the ledger has it, and not before: pending until then. Throws ConsentError; nothing is recorded then.
 */
export async function grantConsent(
  services: ConsentServices,
  request: GrantRequest,
  principal: Principal,
): Promise<StepAnswer> {
  requireMayGrant(principal, request.patient);
  const { organisation, ledger, finality, grants, register, now } = services;
  const { id, patient, sequence, salt, subjectKey, signature, enrolment, links = [] } = request;
  const consent = signedPart(request.consent);
  await checkConsent(services, consent, id, patient);
  const statement = toBase64(consentCommitment(fromBase64(salt), consent));
  const step = {
    action: 'grant',
    custodian: organisation,
    id,
    ledger: ledger.id,
    sequence,
    statement,
  } as const;
  requireSignature(consentMessage(step), subjectKey, signature);
  const key = enrolledBy(services, request);
  requireLinks(services, request);
  const inTurn = <T>(work: () => Promise<T>) =>
    grants.within({ patient, id, sequence, actor: principal.id, consent }, () => finality.alone(id, work));
  return inTurn(async () => {
    const state = (await consentOnLedger(services, id))?.state;
    requireNotRevoking(services, id);
    requireOwn(services, state, request);
    requireSequence(sequence, state);
    const record: CustodianRecord = {
      role: 'custodian',
      id,
      patient,
      salt,
      statement,
      consent,
      links,
      subjectKey,
      signature,
      enrolment,
      ...(key.role === 'self' ? {} : { signedAs: key.role }),
    };
    const event = await register.records.seal(record, principal.id, now().toISOString());
    const common = { id, statement, sequence, signature };
    const recordedBy = key.custody === 'custodian' ? 'custodian-held-key' : 'patient';
    const committed = await finality.settle({
      id,
      sequence,
      name: sequence === 1 ? 'grant' : 'replace',
      args: sequence === 1 ? { ...common, subjectKey, recordedBy } : common,
      event,
      actor: principal.id,
    });
    return stepAnswer({ id, sequence }, 'active', committed);
  });
}

/** What the statement commits to (FORMATS §5): an id, meta or narrative sent along is not signed, and so not kept. */
function signedPart({ id: _id, meta: _meta, text: _text, ...signed }: JsonObject): JsonObject {
  return signed;
}

/** The patient with their own token, or a client that may create Consents. */
function requireMayGrant(principal: Principal, patient: string): void {
  const allowed = allowedBy(principal.scopes, 'Consent', 'c');
  const isOwn = principal.patient === patient && (principal.kind === 'patient' || allowed?.patient === true);
  if (isOwn || (principal.kind !== 'patient' && allowed?.system === true)) return;
  throw new ConsentError(
    'not-permitted',
    "A grant needs the patient's own token, or a client's with system/Consent.c.",
  );
}

function requireSignature(message: Uint8Array, key: string, signature: string): void {
  if (!verifyStatement(message, key, signature, nativePrimitives))
    throw new ConsentError(
      'signature-invalid',
      "The signature is not by the consent's key over this consent, salt and sequence.",
    );
}

/** The key, enrolled for this very patient and in force, that says whose consent it is. */
function enrolledBy({ enrolledKeys }: ConsentServices, request: GrantRequest): EnrolledKey {
  const { id, patient, subjectKey, enrolment } = request;
  const message = consentKeyMessage({ consent: id, subjectKey });
  const key = enrolledKeys(patient).find((each) =>
    verifyStatement(message, each.key, enrolment, nativePrimitives),
  );
  if (key === undefined)
    throw new ConsentError(
      'enrolment-invalid',
      'No key enrolled for this patient has signed for this consent.',
    );
  return key;
}

function requireLinks(
  { members, organisation: custodian, ledger }: ConsentServices,
  { id, links = [] }: GrantRequest,
): void {
  for (const { organisation, key, signature } of links) {
    const message = linkMessage({ consent: id, custodian, ledger: ledger.id, organisation });
    if (!members().includes(organisation) || !verifyStatement(message, key, signature, nativePrimitives))
      throw new ConsentError('link-invalid', 'A link names no member, or is not signed by the key it names.');
  }
}

/** A replacement is for a consent of this custodian and by the same key; after a revocation there is none. */
function requireOwn(
  { organisation }: ConsentServices,
  state: ConsentState | undefined,
  { sequence, subjectKey }: GrantRequest,
): void {
  if (state === undefined) return;
  if (state.custodian !== organisation)
    throw new ConsentError('not-custodian', 'This consent is with another custodian.');
  if (state.status === 'revoked' && sequence > state.sequence)
    throw new ConsentError('consent-revoked', 'The consent was revoked; grant a new one under a new id.');
  if (state.subjectKey !== subjectKey)
    throw new ConsentError(
      'signature-invalid',
      'A replacement is signed by the key that the consent has now.',
    );
}
