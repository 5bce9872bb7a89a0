import { nativePrimitives, randomBytes, randomId, signEd25519Native } from '../../crypto/index.ts';
import type { Database } from '../../database/index.ts';
import {
  derivePatientKey,
  enrolmentMessage,
  SEED_BYTES,
  toBase64,
  verifyStatement,
} from '../../proof/index.ts';
import type { Keyring } from '../../vault/index.ts';
import { IdentityError } from '../errors.ts';
import type { EnrolledKey } from './enrolled-key.ts';
import { createEnrolledKeyStore, type EnrolledKeyStore } from './enrolled-key-store.ts';
import { ENROLMENT_CODE_LIFETIME_MS, newEnrolmentCode } from './enrolment-code.ts';
import {
  type CodePurpose,
  createEnrolmentCodeStore,
  type EnrolmentCodeStore,
} from './enrolment-code-store.ts';
import { createSealing } from './sealing.ts';

/** The keyring's name for the key of an enrolment database. */
const SEALING_KEY_USE = 'enrolment';
/** Devices and representatives of one patient, retired ones included; far more than anyone has. */
const MAX_KEYS_PER_PATIENT = 64; // bounds what one patient's requests can make the database hold

/** What enrolment at one organisation is composed of. */
export interface EnrolmentOptions {
  /** Opened with `identityMigrations` and `secureDelete`. */
  database: Database;
  /** Where the key that seals this database is kept: in the keyring itself, since wrapped keys there are renewed without this room. */
  keys: Pick<Keyring, 'key'>;
  organisation: string;
  /** Ledger id: a signature for one network is none for another. */
  ledger: string;
  /** Whether the Patient exists here and is not deleted. */
  patientExists: (patient: string) => boolean | Promise<boolean>;
  /** When a parent's or guardian's right over a patient ends with age; undefined when no birth date is known. */
  majorityOf?: (patient: string) => Promise<Date | undefined>;
  now?: () => Date;
}

/** A patient's or representative's request to bind a key (FORMATS §4). */
export interface EnrolmentRequest {
  code: string;
  /** Base64 of the 32-byte Ed25519 key. */
  subjectKey: string;
  /** Base64 of the 64-byte signature by that key. */
  signature: string;
}

/** Binds keys to the patients of one organisation and knows whose key is whose. Every change is durable when it returns. */
export class Enrolment {
  readonly #options: EnrolmentOptions;
  readonly #keys: EnrolledKeyStore;
  readonly #codes: EnrolmentCodeStore;
  readonly #now: () => Date;

  constructor(options: EnrolmentOptions) {
    const sealing = createSealing(options.keys.key(SEALING_KEY_USE).key);
    this.#options = options;
    this.#keys = createEnrolledKeyStore(options.database, sealing);
    this.#codes = createEnrolmentCodeStore(options.database, sealing);
    this.#now = options.now ?? (() => new Date());
  }

  /** Throws IdentityError `patient-unknown` unless the patient has a record here. */
  async assertPatient(patient: string): Promise<void> {
    if (!(await this.#options.patientExists(patient))) {
      throw new IdentityError('patient-unknown', 'There is no such patient here.');
    }
  }

  /**
   * A new code for a patient whose identity was proofed; it replaces an earlier one. A parent's and a guardian's key ends when the patient
   * is of age at the latest. Throws `patient-unknown`, and `request-invalid` when the patient is of age, or no birth date is known.
   */
  async openCode(patient: string, asked: CodePurpose): Promise<{ code: string; expires: string }> {
    await this.assertPatient(patient);
    const purpose = await this.#bounded(patient, asked);
    const code = newEnrolmentCode();
    const expires = new Date(this.#now().getTime() + ENROLMENT_CODE_LIFETIME_MS);
    this.#options.database.transaction(() => this.#codes.put(patient, code, purpose, expires));
    return { code, expires: expires.toISOString() };
  }

  /**
   * Binds the key that signed to the patient the code was given for. Throws IdentityError `enrolment-code-…`,
   * `enrolment-signature-invalid`, `key-already-enrolled` or `too-many-keys`; a wrong code or signature counts as a try.
   */
  enrol(patient: string, request: EnrolmentRequest): EnrolledKey {
    const { ledger, organisation } = this.#options;
    const { code, subjectKey, signature } = request;
    const now = this.#now();
    // The refusal is thrown after the commit: a count of wrong tries that is rolled back counts nothing.
    const outcome = this.#options.database.transaction((): EnrolledKey | IdentityError => {
      const check = this.#codes.check(patient, code, now);
      if ('refusal' in check) return check.refusal;
      const message = enrolmentMessage({ code, ledger, organisation, patient, subjectKey });
      if (!verifyStatement(message, subjectKey, signature, nativePrimitives)) {
        this.#codes.countWrongTry(patient);
        return new IdentityError(
          'enrolment-signature-invalid',
          'The signature is not by this key over this enrolment.',
        );
      }
      const refusal = this.#refuseKey(patient, subjectKey);
      if (refusal !== undefined) return refusal;
      const { role, until } = check.purpose;
      const key: EnrolledKey = {
        id: randomId(),
        patient,
        key: subjectKey,
        role,
        custody: 'patient',
        ...period(now, until),
      };
      this.#keys.insert(key);
      this.#codes.markUsed(patient);
      return key;
    });
    if (outcome instanceof IdentityError) throw outcome;
    return outcome;
  }

  /**
   * Makes a key that the organisation holds for a patient without a device. Its seed never leaves this room; what it
   * signs must say that the custodian holds it. Throws as {@link openCode}, and `too-many-keys`.
   */
  async holdKey(patient: string, asked: CodePurpose): Promise<EnrolledKey> {
    await this.assertPatient(patient);
    const { role, until } = await this.#bounded(patient, asked);
    const { ledger, organisation, database } = this.#options;
    const seed = randomBytes(SEED_BYTES);
    const { publicKey } = derivePatientKey(seed, { ledger, organisation, use: 'enrol', generation: 0 });
    const key: EnrolledKey = {
      id: randomId(),
      patient,
      key: toBase64(publicKey),
      role,
      custody: 'custodian',
      ...period(this.#now(), until),
    };
    const refusal = database.transaction(() => {
      const refused = this.#refuseKey(patient, key.key);
      if (refused === undefined) this.#keys.insert(key, seed);
      return refused;
    });
    if (refusal !== undefined) throw refusal;
    return key;
  }

  /** Signs with a key of a seed that the organisation holds, for a use of FORMATS §4. Throws `key-unknown` when it holds none, or it has ended. */
  signHeld(
    keyId: string,
    purpose: { use: string; generation: number },
    message: Uint8Array,
  ): { key: string; signature: string } {
    const { ledger, organisation } = this.#options;
    const enrolled = this.#keys.byId(keyId);
    const seed = this.#keys.heldSeed(keyId);
    if (seed === undefined || enrolled === undefined || !inForce(enrolled, this.#now())) {
      throw new IdentityError('key-unknown', 'The organisation holds no such key in force.');
    }
    const { privateKey, publicKey } = derivePatientKey(seed, { ledger, organisation, ...purpose });
    return { key: toBase64(publicKey), signature: toBase64(signEd25519Native(privateKey, message)) };
  }

  /** The keys in force for a patient, oldest first; empty when there is none. */
  enrolledKeys(patient: string): EnrolledKey[] {
    const now = this.#now();
    return this.#keys.ofPatient(patient).filter((key) => inForce(key, now));
  }

  /** The enrolment of a key (base64) in force at a time, now unless told; undefined when it was not, or is no key at all. */
  patientOfKey(key: string, at: Date = this.#now()): EnrolledKey | undefined {
    const enrolled = this.#keys.byKey(key);
    return enrolled !== undefined && inForce(enrolled, at) ? enrolled : undefined;
  }

  /** Ends a key at once (lost or stolen device, representation ended). Throws `key-unknown` when the patient has no such key in force. */
  retireKey(patient: string, keyId: string): EnrolledKey {
    const now = this.#now();
    const key = this.enrolledKeys(patient).find(({ id }) => id === keyId);
    if (key === undefined) throw new IdentityError('key-unknown', 'The patient has no such key in force.');
    this.#options.database.transaction(() => this.#keys.end(keyId, now));
    return { ...key, until: now.toISOString() };
  }

  /** Logical ids of every patient with a key, retired ones included: for a restore, which must forget the erased ones. */
  patients(): string[] {
    return this.#keys.patients();
  }

  /** Ids of enrolments that were changed in the file; empty when none was. Changes nothing. */
  damaged(): string[] {
    return this.#keys.damaged();
  }

  /** Deletes what is kept of a patient who is erased, held seeds and open codes included; how many keys there were. */
  forgetPatient(patient: string): number {
    return this.#options.database.transaction(() => {
      this.#codes.deletePatient(patient);
      return this.#keys.deletePatient(patient);
    });
  }

  /** 45 CFR 164.502(g)(3): a minor's parent or guardian acts for them while they are one. */
  async #bounded(patient: string, purpose: CodePurpose): Promise<CodePurpose> {
    const { role, until } = purpose;
    if (role !== 'parent' && role !== 'guardian') return purpose;
    const majority = await this.#options.majorityOf?.(patient);
    if (majority === undefined || majority <= this.#now())
      throw new IdentityError(
        'request-invalid',
        'role: a parent or guardian acts for a minor, and the record must say when the patient was born.',
      );
    return { role, until: until === undefined || until > majority ? majority : until };
  }

  #refuseKey(patient: string, key: string): IdentityError | undefined {
    if (this.#keys.byKey(key) !== undefined) {
      return new IdentityError(
        'key-already-enrolled',
        'The key has been enrolled before: use the next generation.',
      );
    }
    if (this.#keys.ofPatient(patient).length >= MAX_KEYS_PER_PATIENT) {
      return new IdentityError(
        'too-many-keys',
        `A patient has at most ${MAX_KEYS_PER_PATIENT} enrolled keys.`,
      );
    }
    return undefined;
  }
}

function inForce({ from, until }: EnrolledKey, at: Date): boolean {
  return Date.parse(from) <= at.getTime() && (until === undefined || at.getTime() < Date.parse(until));
}

function period(now: Date, until: Date | undefined): { from: string; until?: string } {
  return { from: now.toISOString(), ...(until === undefined ? {} : { until: until.toISOString() }) };
}
