import { randomBytes } from 'node:crypto';
import {
  consentCommitment,
  consentKeyMessage,
  consentMessage,
  derivePatientKey,
  enrolmentMessage,
  fromBase64,
  linkMessage,
  type PatientKey,
  signEd25519,
  toBase64,
} from '../../../src/proof/index.ts';
import type { Answer } from './http.ts';
import type { FhirCall, Organisation } from './organisation.ts';

/** A grant as the device sends it. */
export interface Grant {
  readonly id: string;
  readonly custodian: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a grant says, as far as it differs from the usual one: everything, for treatment, to one organisation. */
export interface GrantRequest {
  /** The custodian's id of the patient. */
  readonly patient: string;
  readonly custodian: string;
  /** The organisation that may read; undefined for a consent that names nobody. */
  readonly grantee?: string;
  readonly provision?: object;
  /** Members of the Consent beside those that every one here has. */
  readonly more?: object;
  readonly id?: string;
  readonly sequence?: number;
  readonly linked?: boolean;
}

const sign = (key: PatientKey, message: Uint8Array): string => toBase64(signEd25519(key.privateKey, message));

/** A random id as the formats have it. */
export const newId = (): string => randomBytes(16).toString('hex');

/** A FHIR Consent of a patient by which one organisation may read for treatment. */
export function consentResource(
  patient: string,
  grantee: string | undefined,
  provision: object = {},
  more: object = {},
): object {
  const role = {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }],
  };
  const actor =
    grantee === undefined
      ? []
      : [{ role, reference: { identifier: { system: 'urn:holdfast:organisation', value: grantee } } }];
  return {
    resourceType: 'Consent',
    status: 'active',
    scope: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
    },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    patient: { reference: `Patient/${patient}` },
    dateTime: new Date().toISOString(),
    policy: [{ uri: 'https://example.org/privacy' }],
    provision: {
      type: 'permit',
      ...(actor.length === 0 ? {} : { actor }),
      purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }],
      ...provision,
    },
    ...more,
  };
}

/** A patient's own device: the only place where the seed is. */
export class PatientDevice {
  readonly #seed: Uint8Array;
  readonly #ledger: string;

  constructor(seed: string, ledger: string) {
    this.#seed = fromBase64(seed);
    this.#ledger = ledger;
  }

  /** The key for a use at an organisation. */
  key(organisation: string, use: string, generation = 0): PatientKey {
    return derivePatientKey(this.#seed, { ledger: this.#ledger, organisation, use, generation });
  }

  /** The public key enrolled at an organisation, base64. */
  enrolledKey(organisation: string): string {
    return toBase64(this.key(organisation, 'enrol').publicKey);
  }

  /** The signed body that enrols a key with a code given by staff. */
  enrolment(organisation: string, patient: string, code: string, generation = 0): object {
    const key = this.key(organisation, 'enrol', generation);
    const subjectKey = toBase64(key.publicKey);
    const message = enrolmentMessage({ code, ledger: this.#ledger, organisation, patient, subjectKey });
    return { code, subjectKey, signature: sign(key, message) };
  }

  /** Enrols the device's key at an organisation unless it is enrolled there; the staff's part included. */
  async enrol(organisation: Organisation, patient: string): Promise<void> {
    const listed = await organisation.call('GET', `/patients/${patient}/keys`);
    const own = this.enrolledKey(organisation.id);
    const keys = listed.status === 200 ? listed.json.keys : [];
    if (keys.some((each: { subjectKey: string }) => each.subjectKey === own)) return;
    const opened = await organisation.call('POST', `/patients/${patient}/enrolment`, { body: {} });
    if (opened.status !== 201) throw new Error(`no enrolment code: ${opened.status} ${opened.text}`);
    const body = this.enrolment(organisation.id, patient, opened.json.code);
    const enrolled = await organisation.call('PUT', `/patients/${patient}/key`, { body });
    if (enrolled.status !== 200) throw new Error(`not enrolled: ${enrolled.status} ${enrolled.text}`);
  }

  /** A grant, signed and ready to send. */
  grant(request: GrantRequest): Grant {
    const {
      patient,
      custodian,
      grantee,
      provision,
      more,
      id = newId(),
      sequence = 1,
      linked = true,
    } = request;
    const consent = consentResource(patient, grantee, provision, more);
    const salt = randomBytes(32);
    const statement = toBase64(consentCommitment(salt, consent as Record<string, unknown>));
    const own = this.key(custodian, id);
    const subjectKey = toBase64(own.publicKey);
    const step = { action: 'grant', custodian, id, ledger: this.#ledger, sequence, statement } as const;
    const links = grantee === undefined || !linked ? {} : { links: [this.link(id, custodian, grantee)] };
    const body = {
      id,
      patient,
      consent,
      sequence,
      salt: toBase64(salt),
      subjectKey,
      signature: sign(own, consentMessage(step)),
      enrolment: sign(this.key(custodian, 'enrol'), consentKeyMessage({ consent: id, subjectKey })),
      ...links,
    };
    return { id, custodian, body };
  }

  /** The link by which the grantee attaches the records to its own Patient. */
  link(consent: string, custodian: string, organisation: string): object {
    const key = this.key(organisation, 'enrol');
    const message = linkMessage({ consent, custodian, ledger: this.#ledger, organisation });
    return { organisation, key: toBase64(key.publicKey), signature: sign(key, message) };
  }

  /** The signed body of a revocation. */
  revocation(consent: { id: string; custodian: string }, sequence = 2): object {
    const { id, custodian } = consent;
    const key = this.key(custodian, id);
    const step = { action: 'revoke', custodian, id, ledger: this.#ledger, sequence } as const;
    return { sequence, signature: sign(key, consentMessage(step)) };
  }

  /** The signed body by which the key of a consent names a new one, or objects to one that the custodian proposes. */
  rekeying(
    action: 'rebind' | 'veto',
    consent: { id: string; custodian: string },
    step: { sequence: number; newKey: string },
  ): object {
    const { id, custodian } = consent;
    const message = consentMessage({ action, custodian, id, ledger: this.#ledger, ...step });
    return { ...step, signature: sign(this.key(custodian, id), message) };
  }

  /** Sends a grant to its custodian with the patient's own token. */
  send(grant: Grant, custodian: Organisation, options: FhirCall = {}): Promise<Answer> {
    const patient = String(grant.body.patient);
    const as = { user: `Patient/${patient}`, scope: 'patient/*.rs patient/Consent.cruds', purpose: 'PATRQT' };
    return custodian.call('POST', '/consents', { as, body: grant.body, ...options });
  }

  /** Sends a signed revocation to any member, without a token. */
  revoke(consent: { id: string; custodian: string }, at: Organisation, sequence = 2): Promise<Answer> {
    return at.call('POST', `/consents/${consent.id}/revoke`, {
      token: null,
      body: this.revocation(consent, sequence),
    });
  }
}
