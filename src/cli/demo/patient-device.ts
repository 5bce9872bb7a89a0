import { randomBytes, randomId, signEd25519Native } from '../../crypto/index.ts';
import {
  consentCommitment,
  consentKeyMessage,
  consentMessage,
  derivePatientKey,
  fromBase64,
  linkMessage,
  type PatientKey,
  toBase64,
} from '../../proof/index.ts';

const SALT_BYTES = 32; // FORMATS §5

/** Who grants what to whom. */
export interface GrantRequest {
  /** The patient's logical id at the custodian. */
  readonly patient: string;
  readonly custodian: string;
  readonly grantee: string;
  readonly now: Date;
}

/** A grant that was signed, ready to be sent to its custodian. */
export interface Grant {
  readonly id: string;
  readonly body: object;
}

/** A patient's own device: keys come from the seed on it, and only signatures leave it (FORMATS §4–5). */
export class PatientDevice {
  readonly #seed: Uint8Array;
  readonly #ledger: string;

  constructor(seed: string, ledger: string) {
    this.#seed = fromBase64(seed);
    this.#ledger = ledger;
  }

  /** Lets one organisation read everything for treatment. */
  grant({ patient, custodian, grantee, now }: GrantRequest): Grant {
    const id = randomId();
    const consent = consentFor(patient, grantee, now);
    const salt = randomBytes(SALT_BYTES);
    const statement = toBase64(consentCommitment(salt, consent));
    const key = this.#key(custodian, id);
    const subjectKey = toBase64(key.publicKey);
    const step = { action: 'grant', custodian, id, ledger: this.#ledger, sequence: 1, statement } as const;
    const link = linkMessage({ consent: id, custodian, ledger: this.#ledger, organisation: grantee });
    const atGrantee = this.#key(grantee, 'enrol');
    const body = {
      id,
      patient,
      consent,
      sequence: 1,
      salt: toBase64(salt),
      subjectKey,
      signature: sign(key, consentMessage(step)),
      enrolment: sign(this.#key(custodian, 'enrol'), consentKeyMessage({ consent: id, subjectKey })),
      links: [
        { organisation: grantee, key: toBase64(atGrantee.publicKey), signature: sign(atGrantee, link) },
      ],
    };
    return { id, body };
  }

  /** Takes a grant back. */
  revoke(id: string, custodian: string): object {
    const step = { action: 'revoke', custodian, id, ledger: this.#ledger, sequence: 2 } as const;
    return { sequence: 2, signature: sign(this.#key(custodian, id), consentMessage(step)) };
  }

  #key(organisation: string, use: string): PatientKey {
    return derivePatientKey(this.#seed, { ledger: this.#ledger, organisation, use, generation: 0 });
  }
}

function sign({ privateKey }: PatientKey, message: Uint8Array): string {
  return toBase64(signEd25519Native(privateKey, message));
}

function consentFor(patient: string, grantee: string, now: Date): Record<string, unknown> {
  const terminology = (system: string) => `http://terminology.hl7.org/CodeSystem/${system}`;
  const recipient = { coding: [{ system: terminology('v3-ParticipationType'), code: 'IRCP' }] };
  return {
    resourceType: 'Consent',
    status: 'active',
    scope: { coding: [{ system: terminology('consentscope'), code: 'patient-privacy' }] },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    patient: { reference: `Patient/${patient}` },
    dateTime: now.toISOString(),
    policy: [{ uri: 'urn:holdfast:demo' }],
    provision: {
      type: 'permit',
      actor: [
        {
          role: recipient,
          reference: { identifier: { system: 'urn:holdfast:organisation', value: grantee } },
        },
      ],
      purpose: [{ system: terminology('v3-ActReason'), code: 'TREAT' }],
    },
  };
}
