import { equalSecret } from '../../crypto/index.ts';
import type { Database } from '../../database/index.ts';
import { IdentityError } from '../errors.ts';
import type { EnrolledKeyRole } from './enrolled-key.ts';
import { MAX_WRONG_TRIES } from './enrolment-code.ts';
import type { EnrolmentSealing } from './sealing.ts';

/** What a code was given for. */
export interface CodePurpose {
  role: EnrolledKeyRole;
  /** End of the enrolled key's period. */
  until?: Date;
}

interface Row {
  code: Uint8Array;
  role: string;
  until_ms: number | null;
  expires_ms: number;
  wrong_tries: number;
  used: number;
}

/** Why a code did not open; undefined refusal means that it did. */
export type CodeCheck = { purpose: CodePurpose } | { refusal: IdentityError };

/** The open enrolment codes, at most one for each patient: a newer one replaces the older. */
export interface EnrolmentCodeStore {
  put(patient: string, code: string, purpose: CodePurpose, expires: Date): void;
  /** Compares a code in constant time and counts wrong tries. Does not use it up. Must run inside a transaction that commits whatever the answer. */
  check(patient: string, code: string, now: Date): CodeCheck;
  /** Counts a wrong try: the code was right, what came with it was not. */
  countWrongTry(patient: string): void;
  markUsed(patient: string): void;
  deletePatient(patient: string): void;
}

/** The store over the tables of `identityMigrations`. */
export function createEnrolmentCodeStore(database: Database, sealing: EnrolmentSealing): EnrolmentCodeStore {
  const countWrongTry = (patient: string): void => {
    const sql = 'UPDATE enrolment_code SET wrong_tries = wrong_tries + 1 WHERE patient = ?';
    database.prepare(sql).run(sealing.patientHash(patient));
  };
  return {
    put(patient, code, { role, until }, expires) {
      const until_ms = until?.getTime() ?? null;
      const expires_ms = expires.getTime();
      database
        .prepare(
          'INSERT OR REPLACE INTO enrolment_code (patient, code, role, until_ms, expires_ms) VALUES (?, ?, ?, ?, ?)',
        )
        .run(
          sealing.patientHash(patient),
          sealing.codeHash(patient, code, purposeText(role, until_ms, expires_ms)),
          role,
          until_ms,
          expires_ms,
        );
    },
    check(patient, code, now) {
      const sql =
        'SELECT code, role, until_ms, expires_ms, wrong_tries, used FROM enrolment_code WHERE patient = ?';
      const row = database.prepare(sql).get<Row>(sealing.patientHash(patient));
      if (row === undefined)
        return refused('enrolment-code-invalid', 'No such enrolment code: ask for a new one.');
      if (row.wrong_tries >= MAX_WRONG_TRIES) {
        return refused('enrolment-code-locked', 'Too many wrong tries: ask for a new enrolment code.');
      }
      const purpose = purposeText(row.role, row.until_ms, row.expires_ms);
      if (!equalSecret(row.code, sealing.codeHash(patient, code, purpose))) {
        countWrongTry(patient);
        return refused('enrolment-code-invalid', 'No such enrolment code: ask for a new one.');
      }
      // Only whoever has the right code learns that it was good once.
      if (row.used !== 0)
        return refused('enrolment-code-used', 'The enrolment code has been used: ask for a new one.');
      if (now.getTime() >= row.expires_ms) {
        return refused('enrolment-code-expired', 'The enrolment code has expired: ask for a new one.');
      }
      const until = row.until_ms === null ? {} : { until: new Date(row.until_ms) };
      return { purpose: { role: row.role as EnrolledKeyRole, ...until } };
    },
    countWrongTry,
    markUsed(patient) {
      database
        .prepare('UPDATE enrolment_code SET used = 1 WHERE patient = ?')
        .run(sealing.patientHash(patient));
    },
    deletePatient(patient) {
      database.prepare('DELETE FROM enrolment_code WHERE patient = ?').run(sealing.patientHash(patient));
    },
  };
}

function purposeText(role: string, until_ms: number | null, expires_ms: number): string {
  return `${role}\n${until_ms ?? ''}\n${expires_ms}`;
}

function refused(code: IdentityError['code'], message: string): CodeCheck {
  return { refusal: new IdentityError(code, message) };
}
