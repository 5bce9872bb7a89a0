/** Tables of the key store, a file of its own. Scripts are only ever appended to. */
export const keyStoreMigrations: readonly string[] = [
  `
  CREATE TABLE keys_about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  -- Keys of the organisation itself: audit and organisation series, roots of the blind index.
  CREATE TABLE keys_series (
    purpose TEXT NOT NULL,
    number INTEGER NOT NULL,
    key_id BLOB NOT NULL,
    wrapped BLOB NOT NULL,
    PRIMARY KEY (purpose, number)
  ) STRICT, WITHOUT ROWID;

  -- One key per patient. name: blind name of the Patient.
  CREATE TABLE keys_compartments (
    compartment INTEGER PRIMARY KEY,
    name BLOB NOT NULL UNIQUE,
    key_id BLOB NOT NULL UNIQUE,
    wrapped BLOB NOT NULL
  ) STRICT;

  -- One data key per resource and generation, wrapped once per compartment; 0 is the organisation's own series.
  CREATE TABLE keys_data (
    rid INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    compartment INTEGER NOT NULL,
    key_id BLOB NOT NULL,
    wrapped BLOB NOT NULL,
    PRIMARY KEY (rid, generation, compartment)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX keys_data_of_compartment ON keys_data (compartment);

  -- What was destroyed. compartment or rid says what stood under it; name refuses a second life.
  CREATE TABLE keys_destroyed (
    key_id BLOB PRIMARY KEY,
    name BLOB NOT NULL,
    compartment INTEGER,
    rid INTEGER
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Patients whose keys are wrapped under another's compartment. sealed: who they are.
  CREATE TABLE keys_merged (
    compartment INTEGER PRIMARY KEY,
    into_compartment INTEGER NOT NULL,
    name BLOB NOT NULL,
    sealed BLOB NOT NULL
  ) STRICT;
  CREATE INDEX keys_merged_into ON keys_merged (into_compartment);
  `,
];
