import type { Database } from '../../database/index.ts';
import type { ProjectionHead, ProjectionStore } from '../../ledger/index.ts';

/** Tables of the composition root in an organisation's database file. */
export const nodeMigrations: readonly string[] = [
  'CREATE TABLE node_projection (id INTEGER PRIMARY KEY CHECK (id = 1), height INTEGER NOT NULL, block TEXT NOT NULL)',
];

/** Keeps how far an organisation has followed the ledger in its own database. */
export function projectionStore(database: Database): ProjectionStore {
  return {
    load: () => {
      const row = database
        .prepare('SELECT height, block FROM node_projection WHERE id = 1')
        .get<ProjectionHead>();
      return row === undefined ? undefined : { height: row.height, block: row.block };
    },
    save: ({ height, block }) => {
      database
        .prepare(
          `INSERT INTO node_projection (id, height, block) VALUES (1, ?, ?)
           ON CONFLICT (id) DO UPDATE SET height = excluded.height, block = excluded.block`,
        )
        .run(height, block);
    },
  };
}
