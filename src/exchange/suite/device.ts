import { randomBytes, randomId, signEd25519Native } from '../../crypto/index.ts';
import type { Received } from '../../fhir/suite/index.ts';
import {
  consentCommitment,
  consentKeyMessage,
  consentMessage,
  derivePatientKey,
  enrolmentMessage,
  type JsonObject,
  linkMessage,
  toBase64,
} from '../../proof/index.ts';
import type { MemberNode } from './member-node.ts';
import type { ExchangeNetwork } from './network.ts';

const PARTICIPATION = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

/** A root provision that permits an organisation what it needs for treatment, narrowed by `more`. */
export function permitting(organisation: string, more: object = {}): object {
  return {
    type: 'permit',
    actor: [
      {
        role: { coding: [{ system: PARTICIPATION, code: 'IRCP' }] },
        reference: { identifier: { system: 'urn:holdfast:organisation', value: organisation } },
      },
    ],
    purpose: [{ system: ACT_REASON, code: 'TREAT' }],
    ...more,
  };
}

/** An active Consent of a patient. */
export function consentFor(patient: string, provision: object): Record<string, unknown> {
  return {
    resourceType: 'Consent',
    status: 'active',
    scope: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
    },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    patient: { reference: `Patient/${patient}` },
    dateTime: '2026-03-01T10:00:00Z',
    policy: [{ uri: 'https://st-mary.example/privacy' }],
    provision,
  };
}

/** A grant as it was given. */
export interface Grant {
  readonly id: string;
  readonly custodian: string;
  readonly sequence: number;
}

/** What a patient holds: a seed, and the keys derived from it. */
export class Device {
  readonly #network: ExchangeNetwork;
  readonly #seed = randomBytes(32);

  constructor(network: ExchangeNetwork) {
    this.#network = network;
  }

  #key(organisation: string, use: string) {
    return derivePatientKey(this.#seed, { ledger: this.#network.id, organisation, use, generation: 0 });
  }

  /** Enrols the device for a patient of an organisation. */
  async enrol(node: MemberNode, patient: string): Promise<void> {
    const { organisation } = node;
    const { code } = await node.enrolment.openCode(patient, { role: 'self' });
    const { privateKey, publicKey } = this.#key(organisation, 'enrol');
    const subjectKey = toBase64(publicKey);
    const message = enrolmentMessage({ code, ledger: this.#network.id, organisation, patient, subjectKey });
    node.enrolment.enrol(patient, {
      code,
      subjectKey,
      signature: toBase64(signEd25519Native(privateKey, message)),
    });
  }

  /** The link by which a grantee attaches the records of a consent. */
  link(consent: string, custodian: string, organisation: string) {
    const { privateKey, publicKey } = this.#key(organisation, 'enrol');
    const message = linkMessage({ consent, custodian, ledger: this.#network.id, organisation });
    return {
      organisation,
      key: toBase64(publicKey),
      signature: toBase64(signEd25519Native(privateKey, message)),
    };
  }

  /** Grants at a custodian, and waits until the ledger has it. */
  async grant(
    custodian: MemberNode,
    patient: string,
    consent: Record<string, unknown>,
    options: { links?: object[]; id?: string; sequence?: number; linkTo?: string } = {},
  ): Promise<Grant> {
    const { id = randomId(), sequence = 1 } = options;
    const { organisation } = custodian;
    const own = this.#key(organisation, id);
    const subjectKey = toBase64(own.publicKey);
    const salt = randomBytes(32);
    const statement = toBase64(consentCommitment(salt, consent as JsonObject));
    const step = {
      action: 'grant',
      custodian: organisation,
      id,
      ledger: this.#network.id,
      sequence,
      statement,
    } as const;
    const links =
      options.linkTo === undefined ? options.links : [this.link(id, organisation, options.linkTo)];
    const enrolled = this.#key(organisation, 'enrol');
    const body = {
      id,
      patient,
      consent,
      sequence,
      salt: toBase64(salt),
      subjectKey,
      signature: toBase64(signEd25519Native(own.privateKey, consentMessage(step))),
      enrolment: toBase64(
        signEd25519Native(enrolled.privateKey, consentKeyMessage({ consent: id, subjectKey })),
      ),
      ...(links === undefined ? {} : { links }),
    };
    const { status, text } = await custodian.send('POST', 'consents', { body });
    if (status !== 201) throw new Error(`the grant was refused: ${status} ${text}`);
    return { id, custodian: organisation, sequence };
  }

  /** Revokes at any member. */
  async revoke({ id, custodian, sequence }: Grant, at: MemberNode): Promise<Received> {
    const next = sequence + 1;
    const step = { action: 'revoke', custodian, id, ledger: this.#network.id, sequence: next } as const;
    const signature = toBase64(signEd25519Native(this.#key(custodian, id).privateKey, consentMessage(step)));
    return at.send('POST', `consents/${id}/revoke`, { as: null, body: { sequence: next, signature } });
  }
}
