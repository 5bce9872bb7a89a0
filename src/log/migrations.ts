/**
 * Tables of this room in one organisation's database: its own log, the logs it mirrors as a witness, what it has signed,
 * seen and found wrong. A tree is one log, told apart by origin. Scripts are only ever appended to.
 */
export const logMigrations: readonly string[] = [
  `
  CREATE TABLE log_trees (
    tree INTEGER PRIMARY KEY,
    origin TEXT NOT NULL UNIQUE,
    -- Entries that the hash tiles cover; a log's own entries may be ahead of it.
    size INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  -- One row holds up to 256 entries of 32 bytes, one after the other: an entry bundle without its length prefixes.
  CREATE TABLE log_bundles (
    tree INTEGER NOT NULL REFERENCES log_trees,
    bundle INTEGER NOT NULL,
    entries BLOB NOT NULL,
    PRIMARY KEY (tree, bundle)
  ) STRICT;

  -- Tiles of level 1 and above, the newest of each level partial. Level 0 follows from the bundles.
  CREATE TABLE log_tiles (
    tree INTEGER NOT NULL REFERENCES log_trees,
    level INTEGER NOT NULL CHECK (level >= 1),
    tile INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (tree, level, tile)
  ) STRICT;

  -- The largest head this log has ever signed, written before the signature leaves.
  CREATE TABLE log_signed (
    tree INTEGER PRIMARY KEY REFERENCES log_trees,
    size INTEGER NOT NULL,
    root BLOB NOT NULL
  ) STRICT;

  -- Own checkpoints that had a quorum of witnesses under a policy version.
  CREATE TABLE log_cosigned (
    tree INTEGER NOT NULL REFERENCES log_trees,
    size INTEGER NOT NULL,
    policy INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (tree, size)
  ) STRICT;

  -- Leaves that came back from mirrors after an old backup was restored: their openings are lost.
  CREATE TABLE log_recovered (
    tree INTEGER NOT NULL REFERENCES log_trees,
    first INTEGER NOT NULL,
    -- One past the last.
    beyond INTEGER NOT NULL,
    PRIMARY KEY (tree, first)
  ) STRICT;

  -- As a witness: the newest head cosigned for each origin.
  CREATE TABLE log_witnessed (
    tree INTEGER PRIMARY KEY REFERENCES log_trees,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    -- POSIX seconds of the newest cosignature; never goes back.
    time INTEGER NOT NULL,
    -- The signed note as the log sent it.
    note TEXT NOT NULL
  ) STRICT;

  -- Anchors seen on the ledger. Compared ones are kept for the newest of an origin only, to renew receipts with.
  CREATE TABLE log_anchors (
    origin TEXT NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL,
    compared INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (origin, size, root)
  ) STRICT;

  -- What was found wrong with a log; each finding once.
  CREATE TABLE log_alarms (
    alarm INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    code TEXT NOT NULL,
    origin TEXT NOT NULL,
    size INTEGER NOT NULL,
    root TEXT NOT NULL,
    detail TEXT NOT NULL,
    UNIQUE (code, origin, size, root)
  ) STRICT;
  `,
];
