/**
 * Tables of the audit room in one organisation's database. Rows are sealed and their owners HMACs: a stolen file tells neither
 * who asked for what nor who is being looked into.
 */
export const auditMigrations: readonly string[] = [
  `
  CREATE TABLE audit_records (
    sequence INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    owner BLOB,                      -- HMAC of the patient's logical id
    sealed BLOB NOT NULL,
    UNIQUE (kind, id)
  ) STRICT;
  CREATE INDEX audit_records_of_owner ON audit_records (kind, owner, sequence);

  -- How far each follower of the audit trail has come: everything up to this entry is done.
  CREATE TABLE audit_positions (follower TEXT PRIMARY KEY, entry INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
];
