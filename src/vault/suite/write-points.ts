import type { Database, Statement } from '../../database/index.ts';

/** Told before each write, and around each commit: the moments at which a process can be stopped. */
export type OnWritePoint = (what: string) => void;

/** The same database, with somebody watching every write point. */
export function watched(database: Database, onPoint: OnWritePoint): Database {
  const statements = new Map<Statement, Statement>();
  const watch = (statement: Statement): Statement => {
    const known = statements.get(statement);
    if (known !== undefined) return known;
    const watching: Statement = {
      ...statement,
      run: (...parameters) => {
        onPoint('write');
        return statement.run(...parameters);
      },
    };
    statements.set(statement, watching);
    return watching;
  };
  return {
    path: database.path,
    prepare: (sql) => watch(database.prepare(sql)),
    get inTransaction() {
      return database.inTransaction;
    },
    transaction: (work) => {
      onPoint('begin');
      const result = database.transaction(() => {
        const value = work();
        onPoint('commit');
        return value;
      });
      onPoint('committed');
      return result;
    },
    exec: (sql) => database.exec(sql),
    backup: (path) => database.backup(path),
    checkpoint: () => {
      onPoint('checkpoint');
      database.checkpoint();
    },
    problems: () => database.problems(),
    close: () => database.close(),
  };
}
