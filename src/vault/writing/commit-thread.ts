import assert from 'node:assert/strict';
import { VaultError } from '../error.ts';
import type { AuditKeyOf } from './batch-assembly.ts';
import { type CommitReply, type CommitThreadOptions, commitRequest, errorOf } from './commit-message.ts';
import { CommitProgram } from './commit-program.ts';
import type { Committer } from './committer.ts';
import type { Group } from './group.ts';

/**
 * Commits on another thread, through a connection of its own: sealing, index rows, and the wait for the disk then take nothing from
 * the thread that answers requests, which prepares the next group meanwhile.
 */
export class CommitThread implements Committer {
  readonly #program: CommitProgram;
  readonly #vault: number;
  #pending: PromiseWithResolvers<number> | undefined;
  #closing: PromiseWithResolvers<void> | undefined;
  #failure: VaultError | undefined;
  /** The thread itself has ended. */
  #lost = false;

  /** Opens the vault there. */
  constructor(options: CommitThreadOptions) {
    const { program, vault } = CommitProgram.open(options, {
      take: (reply) => this.#take(reply),
      lost: (cause) => this.#fail(cause),
    });
    this.#program = program;
    this.#vault = vault;
  }

  commit(group: Group, auditKey: AuditKeyOf): Promise<number> {
    assert.ok(this.#pending === undefined, 'one group is committed at a time');
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const pending = Promise.withResolvers<number>();
    this.#pending = pending;
    this.#program.ask(commitRequest(this.#vault, group, auditKey));
    return pending.promise;
  }

  problem(): string | undefined {
    return this.#failure?.message;
  }

  async close(): Promise<void> {
    if (this.#lost) return;
    if (this.#closing === undefined) {
      this.#closing = Promise.withResolvers();
      this.#program.ask({ kind: 'close', vault: this.#vault });
    }
    await this.#closing.promise;
  }

  #take(reply: CommitReply): void {
    if (reply.kind === 'not-opened') {
      this.#refuse(errorOf(reply));
      return;
    }
    this.#program.answered();
    if (reply.kind === 'closed') {
      this.#program.forget(this.#vault);
      this.#closing?.resolve();
      return;
    }
    const pending = this.#pending;
    this.#pending = undefined;
    if (reply.kind === 'committed') pending?.resolve(reply.leaf);
    else pending?.reject(errorOf(reply));
  }

  #fail(cause: unknown): void {
    this.#lost = true;
    this.#refuse(cause);
    this.#closing?.resolve();
  }

  /** Whether the group under way is on disk cannot be known: its requests are answered as faults, and nothing follows. */
  #refuse(cause: unknown): void {
    this.#failure ??= new VaultError(
      'unavailable',
      'The thread that commits has ended: restart the node.',
      cause,
    );
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(this.#failure);
  }
}
