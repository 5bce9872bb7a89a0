import {
  consentCommitment,
  consentKeyMessage,
  consentMessage,
  derivePatientKey,
  linkMessage,
  type PatientKey,
  signEd25519,
  toBase64,
  toHex,
} from '../../../src/proof/index.ts';
import type { Resource } from '../api/record.ts';

const SALT_BYTES = 32; // as long as the commitment it hides
const ID_BYTES = 16; // 128 random bits, as every id of the network

/** What a patient grants. */
export interface Grant {
  ledger: string;
  custodian: string;
  patient: string;
  /** The FHIR Consent, without id. */
  consent: Resource;
  /** Organisations named in it at which the patient is known too: linked by the key enrolled there. */
  linkTo: readonly string[];
}

const keyFor = (seed: Uint8Array, ledger: string, organisation: string, use: string): PatientKey =>
  derivePatientKey(seed, { ledger, organisation, use, generation: 0 });

const signed = (key: PatientKey, message: Uint8Array): string =>
  toBase64(signEd25519(key.privateKey, message));

/** The request of a grant (FORMATS §5): a fresh key for this consent, and three signatures that never leave a doubt who gave it. */
export function signGrant(seed: Uint8Array, grant: Grant): { id: string } & Record<string, unknown> {
  const { ledger, custodian, patient, consent, linkTo } = grant;
  const id = toHex(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const consentKey = keyFor(seed, ledger, custodian, id);
  const enrolled = keyFor(seed, ledger, custodian, 'enrol');
  const subjectKey = toBase64(consentKey.publicKey);
  const statement = toBase64(consentCommitment(salt, consent));
  const step = { action: 'grant', custodian, id, ledger, sequence: 1, statement } as const;
  const links = linkTo.map((organisation) => {
    const key = keyFor(seed, ledger, organisation, 'enrol');
    const message = linkMessage({ consent: id, custodian, ledger, organisation });
    return { organisation, key: toBase64(key.publicKey), signature: signed(key, message) };
  });
  return {
    id,
    patient,
    consent,
    sequence: 1,
    salt: toBase64(salt),
    subjectKey,
    signature: signed(consentKey, consentMessage(step)),
    enrolment: signed(enrolled, consentKeyMessage({ consent: id, subjectKey })),
    ...(links.length === 0 ? {} : { links }),
  };
}

/** The request of a revocation, signed by the consent's own key. */
export function signRevocation(
  seed: Uint8Array,
  consent: { ledger: string; custodian: string; id: string; sequence: number },
): { sequence: number; signature: string } {
  const { ledger, custodian, id } = consent;
  const sequence = consent.sequence + 1;
  const key = keyFor(seed, ledger, custodian, id);
  return {
    sequence,
    signature: signed(key, consentMessage({ action: 'revoke', custodian, id, ledger, sequence })),
  };
}
