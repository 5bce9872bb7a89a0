import { hkdf, hmac, open, SEALING_KEY_BYTES, seal } from '../../crypto/index.ts';

/** Seals and hashes what the enrolment database holds about patients. */
export interface EnrolmentSealing {
  /** The same patient gives the same 32 bytes; nobody without the key can tell whose they are. */
  patientHash(patient: string): Buffer;
  /** A code bound to its patient and to what it was given for: in another row, or a changed one, it opens nothing. */
  codeHash(patient: string, code: string, purpose: string): Buffer;
  /** Seals bytes for one place (a table's column and row). */
  seal(plaintext: Uint8Array, place: string): Buffer;
  /** Opens what was sealed for this place. Throws CryptoError `not-authentic` for any other. */
  open(sealed: Uint8Array, place: string): Buffer;
}

/** The sealing of one enrolment database, from its key of 32 bytes. */
export function createSealing(key: Uint8Array): EnrolmentSealing {
  const derived = (use: string) => hkdf(key, `holdfast/identity/${use}/v1`, SEALING_KEY_BYTES);
  const patientKey = derived('patient');
  const codeKey = derived('code');
  const sealingKey = derived('seal');
  return {
    patientHash: (patient) => hmac(patientKey, patient),
    codeHash: (patient, code, purpose) => hmac(codeKey, patient, '\n', code, '\n', purpose),
    seal: (plaintext, place) => seal(sealingKey, plaintext, Buffer.from(place)),
    open: (sealed, place) => open(sealingKey, sealed, Buffer.from(place)),
  };
}
