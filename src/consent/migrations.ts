/**
 * Tables in an organisation's database. None holds health data or a patient's id: what a consent says is sealed in the vault,
 * under the event that a row names.
 */
export const consentMigrations: readonly string[] = [
  `
  -- The ledger's consents as this node has seen them.
  CREATE TABLE consent_states (id TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE consent_view (one INTEGER PRIMARY KEY CHECK (one = 1), height INTEGER NOT NULL) STRICT;

  -- Consents whose content is held here, as custodian or grantee; event: the vault's, with the content.
  CREATE TABLE consent_records (
    id TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('custodian', 'grantee')),
    event TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Steps that were accepted here and are not final on the ledger.
  CREATE TABLE consent_steps (
    id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    name TEXT NOT NULL,
    args TEXT NOT NULL,
    event TEXT,
    actor TEXT NOT NULL,
    PRIMARY KEY (id, sequence, name)
  ) STRICT, WITHOUT ROWID;
  `,
];
