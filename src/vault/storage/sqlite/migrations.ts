/**
 * Tables of the vault in one organisation's database. Nothing in them names a patient or says a code; blind values are
 * HMACs. Scripts are only ever appended to.
 */
export const vaultMigrations: readonly string[] = [
  `
  -- Blind names of resources, 16 bytes each.
  CREATE TABLE vault_names (name BLOB PRIMARY KEY, rid INTEGER NOT NULL) STRICT, WITHOUT ROWID;

  -- state: 0 live, 1 deleted, 2 erased. rows: the index rows of the newest version.
  CREATE TABLE vault_resources (
    rid INTEGER PRIMARY KEY,
    name BLOB NOT NULL,
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    state INTEGER NOT NULL,
    rows BLOB NOT NULL
  ) STRICT;

  CREATE TABLE vault_versions (
    entry INTEGER PRIMARY KEY,
    rid INTEGER NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    updated INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    state INTEGER NOT NULL,
    sealed BLOB
  ) STRICT;
  CREATE UNIQUE INDEX vault_versions_of_resource ON vault_versions (rid, version);
  CREATE INDEX vault_versions_of_type ON vault_versions (type, updated, entry);

  -- Openings of log entries, sealed up to sixteen at a time.
  CREATE TABLE vault_pages (
    first INTEGER PRIMARY KEY,
    count INTEGER NOT NULL,
    leaf INTEGER NOT NULL,
    sealed BLOB NOT NULL
  ) STRICT;

  CREATE TABLE vault_contents (
    entry INTEGER PRIMARY KEY,
    rid INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    sealed BLOB
  ) STRICT;
  CREATE INDEX vault_contents_of_resource ON vault_contents (rid);

  -- rids: two bytes each, little-endian, relative to the bucket's first row id.
  CREATE TABLE vault_postings (
    key BLOB NOT NULL,
    bucket INTEGER NOT NULL,
    rids BLOB NOT NULL,
    PRIMARY KEY (key, bucket)
  ) STRICT, WITHOUT ROWID;

  -- The same for rows in audit custody. leaf: first four bits of the keys, and bucket. postings: keys with their offsets.
  CREATE TABLE vault_leaves (leaf INTEGER PRIMARY KEY, postings BLOB NOT NULL) STRICT;

  CREATE TABLE vault_spans (
    key BLOB NOT NULL,
    rid INTEGER NOT NULL,
    low REAL NOT NULL,
    high REAL NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (key, rid, low, high, value)
  ) STRICT, WITHOUT ROWID;
  -- Bounds of the spans of a bucket of row ids, so that a range need not read them all. Never narrowed.
  CREATE TABLE vault_zones (
    key BLOB NOT NULL,
    bucket INTEGER NOT NULL,
    low REAL NOT NULL,
    high REAL NOT NULL,
    PRIMARY KEY (key, bucket)
  ) STRICT, WITHOUT ROWID;

  -- Moments of audit custody. moments: offset in the chunk (two bytes) and time (eight), little-endian.
  CREATE TABLE vault_moments (
    key BLOB NOT NULL,
    chunk INTEGER NOT NULL,
    low REAL NOT NULL,
    high REAL NOT NULL,
    moments BLOB NOT NULL,
    PRIMARY KEY (key, chunk)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE vault_tombstones (entry INTEGER PRIMARY KEY) STRICT;
  CREATE TABLE vault_applied (key_id BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE vault_holds (id TEXT PRIMARY KEY, name BLOB NOT NULL, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
  `,
];
