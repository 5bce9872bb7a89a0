import { signInMigration } from '../storage/migration.ts';

/**
 * Tables of an organisation's enrolment database, a file of its own opened with `secureDelete`. Patients appear as
 * HMACs and sealed ids, held seeds sealed: a stolen file tells nobody who is enrolled.
 */
export const identityMigrations: readonly string[] = [
  `CREATE TABLE enrolment_code (
     patient BLOB PRIMARY KEY,        -- HMAC of the logical id: one open code for each patient
     code BLOB NOT NULL,              -- HMAC of the code
     role TEXT NOT NULL,
     until_ms INTEGER,                -- end of the enrolled key's period
     expires_ms INTEGER NOT NULL,
     wrong_tries INTEGER NOT NULL DEFAULT 0,
     used INTEGER NOT NULL DEFAULT 0
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE enrolled_key (
     id TEXT PRIMARY KEY,
     patient BLOB NOT NULL,           -- HMAC of the logical id
     sealed_patient BLOB NOT NULL,    -- the logical id
     public_key BLOB NOT NULL UNIQUE, -- Ed25519, 32 bytes; never enrolled twice, retired or not
     role TEXT NOT NULL,
     custody TEXT NOT NULL,
     from_ms INTEGER NOT NULL,
     until_ms INTEGER,
     sealed_seed BLOB                 -- only of a key the custodian holds
   ) STRICT;
   CREATE INDEX enrolled_key_of_patient ON enrolled_key (patient, from_ms);`,
  signInMigration,
];
