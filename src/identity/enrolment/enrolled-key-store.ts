import { CryptoError } from '../../crypto/index.ts';
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
  /** Ids of rows that are not as they were written; empty when all are. */
  damaged(): string[];
}

/**
 * What a row's seal is bound to: whoever writes to the file can neither put a key of their own in a patient's place nor
 * make an ended one last.
 */
function place({
  id,
  public_key,
  role,
  custody,
  from_ms,
  until_ms,
}: Omit<Row, 'sealed_patient' | 'sealed_seed'>): string {
  return `patient/${JSON.stringify([id, toBase64(public_key), role, custody, from_ms, until_ms])}`;
}

function insertKey(
  database: Database,
  sealing: EnrolmentSealing,
  { id, patient, key, role, custody, from, until }: EnrolledKey,
  seed: Uint8Array | undefined,
): void {
  const from_ms = Date.parse(from);
  const until_ms = until === undefined ? null : Date.parse(until);
  const public_key = fromBase64(key);
  const sealed = sealing.seal(
    Buffer.from(patient),
    place({ id, public_key, role, custody, from_ms, until_ms }),
  );
  const sealedSeed = seed === undefined ? null : sealing.seal(seed, `seed/${id}`);
  database
    .prepare(`INSERT INTO enrolled_key (patient, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    .run(sealing.patientHash(patient), id, sealed, public_key, role, custody, from_ms, until_ms, sealedSeed);
}

/** The store over the tables of `identityMigrations`. */
export function createEnrolledKeyStore(database: Database, sealing: EnrolmentSealing): EnrolledKeyStore {
  const patientOf = (row: Row): string => sealing.open(row.sealed_patient, place(row)).toString();
  const read = (row: Row): EnrolledKey => ({
    id: row.id,
    patient: patientOf(row),
    key: toBase64(row.public_key),
    role: row.role as EnrolledKeyRole,
    custody: row.custody as KeyCustody,
    from: new Date(row.from_ms).toISOString(),
    ...(row.until_ms === null ? {} : { until: new Date(row.until_ms).toISOString() }),
  });
  const rowOf = (id: string) =>
    database.prepare(`SELECT ${columns} FROM enrolled_key WHERE id = ?`).get<Row>(id);
  const rows = () =>
    database.prepare(`SELECT patient, ${columns} FROM enrolled_key`).all<Row & { patient: Uint8Array }>();
  return {
    insert: (key, seed) => insertKey(database, sealing, key, seed),
    ofPatient: (patient) =>
      database
        .prepare(`SELECT ${columns} FROM enrolled_key WHERE patient = ? ORDER BY from_ms, id`)
        .all<Row>(sealing.patientHash(patient))
        .map(read),
    patients: () => [...new Set(rows().map(patientOf))],
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
      const row = rowOf(id);
      if (row === undefined) return;
      const until_ms = until.getTime();
      const sealed = sealing.seal(Buffer.from(patientOf(row)), place({ ...row, until_ms }));
      database
        .prepare('UPDATE enrolled_key SET until_ms = ?, sealed_patient = ? WHERE id = ?')
        .run(until_ms, sealed, id);
    },
    deletePatient: (patient) =>
      database.prepare('DELETE FROM enrolled_key WHERE patient = ?').run(sealing.patientHash(patient))
        .changes,
    damaged: () =>
      rows().flatMap((row) => {
        try {
          if (row.sealed_seed !== null) sealing.open(row.sealed_seed, `seed/${row.id}`);
          return Buffer.compare(row.patient, sealing.patientHash(patientOf(row))) === 0 ? [] : [row.id];
        } catch (error) {
          if (error instanceof CryptoError) return [row.id];
          throw error;
        }
      }),
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
