import { hkdf, hmac, open, randomBytes, SEALING_KEY_BYTES, seal } from '../../crypto/index.ts';
import type { Database } from '../../database/index.ts';
import type { KeyManagement } from '../../vault/index.ts';

/** Names the wrapped key to the key management, so that no other wrapped key can stand in for it. */
const WRAPPING_CONTEXT = 'holdfast/identity/v1';

/** Seals and hashes what the enrolment database holds about patients. */
export interface EnrolmentSealing {
  /** The same patient gives the same 32 bytes; nobody without the key can tell whose they are. */
  patientHash(patient: string): Buffer;
  /** A code bound to its patient: a code copied to another row opens nothing. */
  codeHash(patient: string, code: string): Buffer;
  /** Seals bytes for one place (a table's column and row). */
  seal(plaintext: Uint8Array, place: string): Buffer;
  /** Opens what was sealed for this place. Throws CryptoError `not-authentic` for any other. */
  open(sealed: Uint8Array, place: string): Buffer;
}

/**
 * Wraps the sealing key anew under the newest key-encryption key. Belongs between `renew` and `retire` of the key
 * management: afterwards nothing in this database needs an older one.
 */
export function rewrapSealing(database: Database, keys: KeyManagement): void {
  database.transaction(() => {
    const row = database.prepare('SELECT wrapped FROM sealing_key').get<{ wrapped: Uint8Array }>();
    if (row === undefined) return;
    const wrapped = keys.wrap(keys.unwrap(row.wrapped, WRAPPING_CONTEXT), WRAPPING_CONTEXT);
    database.prepare('UPDATE sealing_key SET wrapped = ?').run(wrapped);
  });
}

/** The sealing keys of this database; made and wrapped when it is new. */
export function openSealing(database: Database, keys: KeyManagement): EnrolmentSealing {
  const key = database.transaction(() => {
    const row = database.prepare('SELECT wrapped FROM sealing_key').get<{ wrapped: Uint8Array }>();
    if (row !== undefined) return keys.unwrap(row.wrapped, WRAPPING_CONTEXT);
    const fresh = randomBytes(SEALING_KEY_BYTES);
    database
      .prepare('INSERT INTO sealing_key (id, wrapped) VALUES (1, ?)')
      .run(keys.wrap(fresh, WRAPPING_CONTEXT));
    return fresh;
  });
  const derived = (use: string) => hkdf(key, `holdfast/identity/${use}/v1`, SEALING_KEY_BYTES);
  const patientKey = derived('patient');
  const codeKey = derived('code');
  const sealingKey = derived('seal');
  return {
    patientHash: (patient) => hmac(patientKey, patient),
    codeHash: (patient, code) => hmac(codeKey, patient, '\n', code),
    seal: (plaintext, place) => seal(sealingKey, plaintext, Buffer.from(place)),
    open: (sealed, place) => open(sealingKey, sealed, Buffer.from(place)),
  };
}
