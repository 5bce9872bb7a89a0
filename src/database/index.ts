export { type Database, type DatabaseOptions, openConnection, openDatabase } from './database.ts';
export { DatabaseError, type DatabaseErrorCode } from './error.ts';
export { type FolderLock, lockFolder } from './folder-lock.ts';
export { openSnapshot, type SnapshotOptions } from './snapshot.ts';
export type { Parameter, Statement } from './statement.ts';
