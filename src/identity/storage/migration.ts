/**
 * Tables of sign-in, beside those of enrolment. Ids, logins and subjects are HMACs, contents are sealed: a stolen file
 * tells neither who has an account nor which app somebody uses, and holds no token, code or session that would work.
 */
export const signInMigration = `
   CREATE TABLE expiring_record (
     kind TEXT NOT NULL,              -- model of the authorisation server, or a kind of this room
     id BLOB NOT NULL,                -- HMAC of the id, which is the secret itself for codes and refresh tokens
     grant_id BLOB,                   -- HMAC of the grant it belongs to
     subject BLOB,                    -- HMAC of the session uid, the account or the person it belongs to
     sealed BLOB NOT NULL,
     consumed_s INTEGER,
     expires_s INTEGER NOT NULL,
     PRIMARY KEY (kind, id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX expiring_record_of_grant ON expiring_record (grant_id) WHERE grant_id IS NOT NULL;
   CREATE INDEX expiring_record_of_subject ON expiring_record (kind, subject) WHERE subject IS NOT NULL;
   CREATE INDEX expiring_record_by_end ON expiring_record (expires_s);
   CREATE TABLE user_account (
     id TEXT PRIMARY KEY,
     login BLOB NOT NULL UNIQUE,      -- HMAC of the folded login name
     outside BLOB UNIQUE,             -- HMAC of issuer and subject at the organisation's own provider
     sealed BLOB NOT NULL,            -- login, name, roles, fhirUser, standing
     password BLOB,                   -- sealed argon2id hash
     failures INTEGER NOT NULL DEFAULT 0,
     locked_until_ms INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE TABLE passkey (
     id BLOB PRIMARY KEY,             -- HMAC of the credential id
     account TEXT NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
     sealed BLOB NOT NULL,
     counter INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX passkey_of_account ON passkey (account);
   CREATE TABLE registered_client (
     id TEXT PRIMARY KEY,
     sealed BLOB NOT NULL
   ) STRICT;`;
