import { signEd25519Native } from '../../crypto/index.ts';
import {
  consentCommitment,
  consentKeyMessage,
  derivePatientKey,
  type JsonObject,
  toBase64,
} from '../../proof/index.ts';
import { type ConsentNetwork, signStep } from './consent-network.ts';

/** A patient with a seed, who signs for the consents of one custodian. */
export class TestPatient {
  readonly id: string;
  readonly seed: Uint8Array;
  readonly #network: ConsentNetwork;
  readonly #custodian: string;

  constructor(network: ConsentNetwork, custodian: string, id: string, seed: Uint8Array) {
    this.#network = network;
    this.#custodian = custodian;
    this.id = id;
    this.seed = seed;
  }

  #key(use: string) {
    return derivePatientKey(this.seed, {
      ledger: this.#network.id,
      organisation: this.#custodian,
      use,
      generation: 0,
    });
  }

  #step(id: string, sequence: number) {
    return { custodian: this.#custodian, id, ledger: this.#network.id, sequence };
  }

  /** The body of a grant or replacement of this Consent. */
  grant(id: string, sequence: number, consent: JsonObject, salt: Uint8Array): Record<string, unknown> {
    const { privateKey, publicKey } = this.#key(id);
    const subjectKey = toBase64(publicKey);
    const statement = toBase64(consentCommitment(salt, consent));
    const enrolment = signEd25519Native(
      this.#key('enrol').privateKey,
      consentKeyMessage({ consent: id, subjectKey }),
    );
    return {
      id,
      patient: this.id,
      consent,
      sequence,
      salt: toBase64(salt),
      subjectKey,
      signature: signStep(privateKey, { ...this.#step(id, sequence), action: 'grant', statement }),
      enrolment: toBase64(enrolment),
    };
  }

  /** The body of a revocation. */
  revoke(id: string, sequence: number) {
    return {
      sequence,
      signature: signStep(this.#key(id).privateKey, { ...this.#step(id, sequence), action: 'revoke' }),
    };
  }

  /** The body of a rebinding or veto. */
  key(action: 'rebind' | 'veto', id: string, sequence: number, newKey: string) {
    const signature = signStep(this.#key(id).privateKey, { ...this.#step(id, sequence), action, newKey });
    return { sequence, newKey, signature };
  }
}
