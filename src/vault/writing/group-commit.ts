import type { Awaitable } from '../awaitable.ts';
import { VaultError } from '../error.ts';

/** Requests that wait for a commit at most: past it the disk is not keeping up, and more waiting helps nobody. */
export const MAX_WAITING = 10_000;
/** Requests in one transaction at most: bounds how long the next ones wait, about 30 ms. */
export const MAX_GROUP = 512;

interface Waiting<M> {
  readonly member: M;
  readonly resolve: (leaf: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Commits members in one transaction; gives the log index of each one's first entry. */
export type CommitGroup<M> = (members: readonly M[]) => Awaitable<readonly number[]>;

/**
 * Gathers what arrives in one turn of the event loop, and while a commit is under way, into one transaction with one
 * flush to disk. Members were validated before; should the storage refuse a group for a reason of one member's, each is
 * tried alone.
 */
export class GroupCommit<M> {
  readonly #commit: CommitGroup<M>;
  readonly #recheck: (member: M) => void;
  #waiting: Waiting<M>[] = [];
  #running: Promise<void> | undefined;
  /** The commit under way, which may be another thread's. */
  #committing: Promise<void> | undefined;
  /** Resolves when work that must be alone is done. */
  #gate: Promise<void> | undefined;

  /** `recheck` throws for a member that may no longer be committed because of what happened since it was prepared. */
  constructor(commit: CommitGroup<M>, recheck: (member: M) => void) {
    this.#commit = commit;
    this.#recheck = recheck;
  }

  /** Throws `VaultError` `busy` when no further request can wait. */
  requireRoom(): void {
    if (this.#waiting.length >= MAX_WAITING) {
      throw new VaultError('busy', 'Too many writes are waiting for the disk: try again in a moment.');
    }
  }

  /** Resolves with the log index of the member's first entry once it is durable. */
  enqueue(member: M): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#waiting.push({ member, resolve, reject });
    this.#running ??= this.#run();
    return promise;
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Does work while no commit is under way and none begins; what is enqueued meanwhile is checked again after it. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.#gate !== undefined) await this.#gate;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    try {
      await this.#committing;
      return await work();
    } finally {
      this.#gate = undefined;
      resolve();
    }
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Everything that came in with this turn of the event loop joins.
      await new Promise((resolve) => setImmediate(resolve));
      while (this.#gate !== undefined) await this.#gate;
      const group = this.#waiting.splice(0, MAX_GROUP).filter((each) => this.#isStillGood(each));
      if (group.length === 0) continue;
      this.#committing = this.#commitGroup(group);
      await this.#committing;
      this.#committing = undefined;
    }
    this.#running = undefined;
  }

  #isStillGood({ member, reject }: Waiting<M>): boolean {
    try {
      this.#recheck(member);
      return true;
    } catch (error) {
      reject(error);
      return false;
    }
  }

  async #commitGroup(group: readonly Waiting<M>[]): Promise<void> {
    try {
      const leaves = await this.#commit(group.map(({ member }) => member));
      for (const [at, { resolve }] of group.entries()) resolve(leaves[at] ?? 0);
    } catch (error) {
      if (group.length === 1 || error instanceof VaultError) {
        for (const { reject } of group) reject(error);
        return;
      }
      for (const each of group) await this.#commitGroup([each]);
    }
  }
}
