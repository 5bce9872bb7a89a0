import type { Awaitable } from '../awaitable.ts';
import type { Storage } from '../storage/storage.ts';
import { type AuditKeyOf, assemble } from './batch-assembly.ts';
import type { Group } from './group.ts';

/** Makes groups durable, one at a time. */
export interface Committer {
  /**
   * Seals a group's entries and writes everything in it, all or nothing, durable when it answers: the log index of the
   * first entry. Errors as `Storage.commit`.
   */
  commit(group: Group, auditKey: AuditKeyOf): Awaitable<number>;
  /** Why nothing can be committed any more; undefined while it can. */
  problem(): string | undefined;
  /** Lets go of what it holds; nothing is under way any more. */
  close(): Promise<void>;
}

/** Commits on the calling thread. */
export function committingHere(storage: Storage, organisation: string): Committer {
  return {
    commit: (group, auditKey) => storage.commit(assemble(group, auditKey, organisation)),
    problem: () => undefined,
    close: () => Promise.resolve(),
  };
}
