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
