import assert from 'node:assert/strict';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { VaultError } from '../error.ts';
import type { AuditKeyOf } from './batch-assembly.ts';
import { type CommitReply, type CommitThreadOptions, commitRequest, failureOf } from './commit-message.ts';
import type { Committer } from './committer.ts';
import type { Group } from './group.ts';

/** Beside this file, in the checkout and as it is packed. */
const PROGRAM = new URL(`./commit-worker${extname(import.meta.filename)}`, import.meta.url);

/** Young objects of a committing thread before they are collected: groups come and go. The default would be 64 MB for each. */
const YOUNG_MB = 8; // a group of 512 is about one

interface Pending {
  readonly resolve: (leaf: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Commits on a thread of its own, through a connection of its own: sealing, index rows, and the wait for the disk then take
 * nothing from the thread that answers requests, which prepares the next group meanwhile.
 */
export class CommitThread implements Committer {
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  #pending: Pending | undefined;
  #failure: VaultError | undefined;

  /** Starts the thread. */
  constructor(options: CommitThreadOptions) {
    this.#worker = new Worker(PROGRAM, {
      workerData: options,
      name: `commit ${options.organisation}`,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    // It keeps the process alive only while a commit is under way.
    this.#worker.unref();
    this.#worker.on('message', (reply: CommitReply) => this.#take(reply));
    this.#worker.on('error', (cause) => this.#fail(cause));
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#fail(undefined);
        resolve();
      });
    });
  }

  commit(group: Group, auditKey: AuditKeyOf): Promise<number> {
    assert.ok(this.#pending === undefined, 'one group is committed at a time');
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#worker.ref();
    this.#worker.postMessage(commitRequest(group, auditKey));
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
    });
  }

  problem(): string | undefined {
    return this.#failure?.message;
  }

  async close(): Promise<void> {
    this.#worker.ref();
    this.#worker.postMessage({ kind: 'close' });
    await this.#ended;
  }

  #take(reply: CommitReply): void {
    const pending = this.#settle();
    if (reply.ok) pending?.resolve(reply.leaf);
    else pending?.reject(failureOf(reply));
  }

  /** Whether the group under way is on disk cannot be known: its requests are answered as faults, and nothing follows. */
  #fail(cause: unknown): void {
    this.#failure ??= new VaultError(
      'unavailable',
      'The thread that commits has ended: restart the node.',
      cause,
    );
    this.#settle()?.reject(this.#failure);
  }

  #settle(): Pending | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#worker.unref();
    return pending;
  }
}
