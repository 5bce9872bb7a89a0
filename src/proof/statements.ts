import { concat, fromBase64, utf8 } from './bytes.ts';
import { type Primitives, verifyEd25519 } from './crypto.ts';
import { ProofError } from './errors.ts';
import { type Hash, hmacSha256 } from './hash.ts';
import { canonicalBytes } from './jcs.ts';

// Each function gives the exact bytes that a patient's key signs (FORMATS §4–5). Keys and commitments are base64 texts, as on the wire.

/** What an enrolled key signs to be bound to its patient. */
export interface EnrolmentStatement {
  /** The enrolment code, given after proofing. */
  code: string;
  ledger: string;
  organisation: string;
  /** The patient's logical id at the organisation. */
  patient: string;
  /** The key being enrolled, which also signs. */
  subjectKey: string;
}

/** JCS of an enrolment, type `holdfast/enrol/v1` (FORMATS §4). */
export function enrolmentMessage(statement: EnrolmentStatement): Uint8Array {
  const { code, ledger, organisation, patient, subjectKey } = statement;
  return canonicalBytes({ code, ledger, organisation, patient, subjectKey, type: 'holdfast/enrol/v1' });
}

interface ConsentStep {
  /** The organisation that holds the records. */
  custodian: string;
  /** The consent id. */
  id: string;
  ledger: string;
  /** The step's number: 1 grants, n + 1 follows n. */
  sequence: number;
}

/** What a consent's `subjectKey` signs: a grant or replacement with its commitment, a revocation, or a change of key proposed or vetoed. */
export type ConsentStatement =
  | (ConsentStep & { action: 'grant'; statement: string })
  | (ConsentStep & { action: 'revoke' })
  | (ConsentStep & { action: 'rebind' | 'veto'; newKey: string });

/** JCS of a step of a consent, type `holdfast/consent/v1` (FORMATS §5). Throws `malformed` on a sequence that is not an integer from 1. */
export function consentMessage(step: ConsentStatement): Uint8Array {
  const { action, custodian, id, ledger, sequence } = step;
  if (!Number.isSafeInteger(sequence) || sequence < 1)
    throw new ProofError('malformed', 'A consent sequence is an integer from 1.');
  return canonicalBytes({
    action,
    custodian,
    id,
    ledger,
    sequence,
    ...(step.action === 'grant' && { statement: step.statement }),
    ...((step.action === 'rebind' || step.action === 'veto') && { newKey: step.newKey }),
    type: 'holdfast/consent/v1',
  });
}

/** JCS by which the enrolled key shows the custodian whose consent it is, type `holdfast/consent-key/v1`; kept off-chain (FORMATS §5). */
export function consentKeyMessage(statement: { consent: string; subjectKey: string }): Uint8Array {
  const { consent, subjectKey } = statement;
  return canonicalBytes({ consent, subjectKey, type: 'holdfast/consent-key/v1' });
}

/** What the key enrolled at a grantee signs to attach the custodian's records to the right patient there. */
export interface LinkStatement {
  consent: string;
  custodian: string;
  ledger: string;
  /** The grantee, at which the signing key is enrolled. */
  organisation: string;
}

/** JCS of a link, type `holdfast/link/v1` (FORMATS §5). */
export function linkMessage(statement: LinkStatement): Uint8Array {
  const { consent, custodian, ledger, organisation } = statement;
  return canonicalBytes({ consent, custodian, ledger, organisation, type: 'holdfast/link/v1' });
}

const CONSENT_PREFIX = utf8('holdfast/consent/v1\n');

/**
 * The commitment of a FHIR Consent that goes on the ledger: HMAC-SHA-256(salt, `holdfast/consent/v1\n` ‖ JCS(consent)), 32 bytes
 * (FORMATS §5). `id`, `meta` and `text` are left out. Throws `malformed` when the rest has no JSON form.
 */
export function consentCommitment(salt: Uint8Array, consent: Readonly<Record<string, unknown>>): Hash {
  const { id: _id, meta: _meta, text: _text, ...rest } = consent;
  // Through JSON text, so that a number kept as digits at one place and as a double at another gives one commitment (RFC 8785 §3.2.2.3).
  const plain: unknown = JSON.parse(JSON.stringify(rest));
  return hmacSha256(salt, concat(CONSENT_PREFIX, canonicalBytes(plain)));
}

/** True when the key, base64 of 32 bytes, signed the message; false also when key or signature is not canonical base64. */
export function verifyStatement(
  message: Uint8Array,
  key: string,
  signature: string,
  primitives?: Primitives,
): boolean {
  try {
    return verifyEd25519(fromBase64(key), message, fromBase64(signature), primitives);
  } catch (error) {
    if (error instanceof ProofError) return false;
    throw error;
  }
}
