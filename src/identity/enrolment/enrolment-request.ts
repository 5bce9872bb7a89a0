import { IdentityError } from '../errors.ts';
import { type EnrolledKeyRole, enrolledKeyRoles, type KeyCustody } from './enrolled-key.ts';
import type { EnrolmentRequest } from './enrolment.ts';
import type { CodePurpose } from './enrolment-code-store.ts';

/** Base64 of 32 and of 64 bytes; that it is canonical is checked where it is decoded. */
const keyText = /^[A-Za-z0-9+/]{43}=$/;
const signatureText = /^[A-Za-z0-9+/]{86}==$/;
/** A code as given; anything longer was not given by us. */
const MAX_CODE_CHARACTERS = 64; // the codes given have 14

/** The body of `PUT …/key`. Throws IdentityError `request-invalid` naming the member. */
export function parseEnrolmentRequest(body: Record<string, unknown>): EnrolmentRequest {
  onlyMembers(body, ['code', 'subjectKey', 'signature']);
  const { code, subjectKey, signature } = body;
  if (typeof code !== 'string' || code === '' || code.length > MAX_CODE_CHARACTERS)
    throw invalid('code: the enrolment code as given.');
  if (typeof subjectKey !== 'string' || !keyText.test(subjectKey))
    throw invalid('subjectKey: base64 of 32 bytes.');
  if (typeof signature !== 'string' || !signatureText.test(signature))
    throw invalid('signature: base64 of 64 bytes.');
  return { code, subjectKey, signature };
}

/** The body of `POST …/enrolment`, every member of which may be left out. Throws IdentityError `request-invalid` naming the member. */
export function parseCodeRequest(
  body: Record<string, unknown>,
  now: Date,
): CodePurpose & { custody: KeyCustody } {
  onlyMembers(body, ['role', 'until', 'custody']);
  const { role = 'self', until, custody = 'patient' } = body;
  if (!isRole(role)) throw invalid(`role: one of ${enrolledKeyRoles.join(', ')}.`);
  if (custody !== 'patient' && custody !== 'custodian') throw invalid('custody: patient or custodian.');
  if (until === undefined) return { role, custody };
  const end =
    typeof until === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(until) ? new Date(until) : undefined;
  if (end === undefined || !(end.getTime() > now.getTime()))
    throw invalid('until: a time to come, such as 2030-01-31T00:00:00.000Z.');
  return { role, custody, until: end };
}

/** A member that is misspelt must not be passed over: an end of a period would be lost. */
function onlyMembers(body: Record<string, unknown>, known: readonly string[]): void {
  if (Object.keys(body).some((name) => !known.includes(name)))
    throw invalid(`only ${known.join(', ')} can be given.`);
}

function isRole(value: unknown): value is EnrolledKeyRole {
  return enrolledKeyRoles.some((role) => role === value);
}

function invalid(message: string): IdentityError {
  return new IdentityError('request-invalid', message);
}
