/** Tables of this room in an organisation's database file. */
export const exchangeMigrations: readonly string[] = [
  `CREATE TABLE exchange_nonce (
     member TEXT NOT NULL, nonce TEXT NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (member, nonce)
   ) WITHOUT ROWID;
   CREATE INDEX exchange_nonce_expiry ON exchange_nonce (expires);
   CREATE TABLE exchange_locator_outbox (
     consent TEXT NOT NULL, grantee TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, delivered INTEGER NOT NULL DEFAULT 0,
     PRIMARY KEY (consent, grantee)
   ) WITHOUT ROWID;
   CREATE TABLE exchange_granted (consent TEXT PRIMARY KEY) WITHOUT ROWID;`,
];

/** The table of {@link FailedIdentifications}, in the same file: apart, because the scripts of several rooms stand between them. */
export const identificationMigrations: readonly string[] = [
  `CREATE TABLE exchange_misidentified (
     member TEXT NOT NULL, patient BLOB NOT NULL, guess BLOB NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (member, patient, guess)
   ) WITHOUT ROWID;
   CREATE INDEX exchange_misidentified_age ON exchange_misidentified (at_ms);`,
];
