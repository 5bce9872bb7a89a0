import type { Database } from '../../database/index.ts';
import { fromBase64, ProofError, toBase64 } from '../../proof/index.ts';
import type { EnrolledKey, EnrolledKeyRole, KeyCustody } from './enrolled-key.ts';
import type { EnrolmentSealing } from './sealing.ts';

interface Row {
  id: string;
  sealed_patient: Uint8Array;
  public_key: Uint8Array;
  role: string;
  custody: string;
  from_ms: number;
  until_ms: number | null;
  sealed_seed: Uint8Array | null;
}

const columns = 'id, sealed_patient, public_key, role, custody, from_ms, until_ms, sealed_seed';

/** The enrolled keys of one organisation's patients, as rows. */
export interface EnrolledKeyStore {
  insert(key: EnrolledKey, seed?: Uint8Array): void;
  /** Every key ever enrolled for a patient, oldest first; empty when there is none. */
  ofPatient(patient: string): EnrolledKey[];
  /** Logical ids of every patient with a key, retired ones included. */
  patients(): string[];
  /** The key as enrolled, in force or not; undefined when it never was, or is no key at all. */
  byKey(key: string): EnrolledKey | undefined;
  byId(id: string): EnrolledKey | undefined;
  /** The seed of a key that the organisation holds; undefined when the patient holds it. */
  heldSeed(id: string): Buffer | undefined;
  end(id: string, until: Date): void;
  /** Deletes every key of a patient, held seeds included; how many there were. */
  deletePatient(patient: string): number;
}

/** The store over the tables of `identityMigrations`. */
export function createEnrolledKeyStore(database: Database, sealing: EnrolmentSealing): EnrolledKeyStore {
  const read = (row: Row): EnrolledKey => ({
    id: row.id,
    patient: sealing.open(row.sealed_patient, `patient/${row.id}`).toString(),
    key: toBase64(row.public_key),
    role: row.role as EnrolledKeyRole,
    custody: row.custody as KeyCustody,
    from: new Date(row.from_ms).toISOString(),
    ...(row.until_ms === null ? {} : { until: new Date(row.until_ms).toISOString() }),
  });
  const rowOf = (id: string) =>
    database.prepare(`SELECT ${columns} FROM enrolled_key WHERE id = ?`).get<Row>(id);
  return {
    insert(key, seed) {
      database
        .prepare(`INSERT INTO enrolled_key (patient, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
        .run(
          sealing.patientHash(key.patient),
          key.id,
          sealing.seal(Buffer.from(key.patient), `patient/${key.id}`),
          fromBase64(key.key),
          key.role,
          key.custody,
          Date.parse(key.from),
          key.until === undefined ? null : Date.parse(key.until),
          seed === undefined ? null : sealing.seal(seed, `seed/${key.id}`),
        );
    },
    ofPatient: (patient) =>
      database
        .prepare(`SELECT ${columns} FROM enrolled_key WHERE patient = ? ORDER BY from_ms, id`)
        .all<Row>(sealing.patientHash(patient))
        .map(read),
    patients: () =>
      database
        .prepare('SELECT id, sealed_patient FROM enrolled_key GROUP BY patient')
        .all<Pick<Row, 'id' | 'sealed_patient'>>()
        .map(({ id, sealed_patient }) => sealing.open(sealed_patient, `patient/${id}`).toString()),
    byKey(key) {
      const bytes = keyBytes(key);
      const row =
        bytes && database.prepare(`SELECT ${columns} FROM enrolled_key WHERE public_key = ?`).get<Row>(bytes);
      return row && read(row);
    },
    byId(id) {
      const row = rowOf(id);
      return row && read(row);
    },
    heldSeed(id) {
      const seed = rowOf(id)?.sealed_seed ?? undefined;
      return seed && sealing.open(seed, `seed/${id}`);
    },
    end(id, until) {
      database.prepare('UPDATE enrolled_key SET until_ms = ? WHERE id = ?').run(until.getTime(), id);
    },
    deletePatient: (patient) =>
      database.prepare('DELETE FROM enrolled_key WHERE patient = ?').run(sealing.patientHash(patient))
        .changes,
  };
}

/** The raw key; undefined when the text is not canonical base64. */
function keyBytes(key: string): Uint8Array | undefined {
  try {
    return fromBase64(key);
  } catch (error) {
    if (error instanceof ProofError) return undefined;
    throw error;
  }
}
