import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CommitReply, CommitRequest, CommitThreadOptions } from './commit-message.ts';

/** Beside this file, in the checkout and as it is packed. */
const PROGRAM = new URL(`./commit-worker${extname(import.meta.filename)}`, import.meta.url);
/** Young objects of the committing thread before they are collected: groups come and go. The default would be 64 MB. */
const YOUNG_MB = 8; // a group of 512 is about one

/** One vault that commits through the program. */
export interface CommitClient {
  /** An answer to what was asked for this vault. */
  readonly take: (reply: CommitReply) => void;
  /** The thread ended by itself. */
  readonly lost: (cause: unknown) => void;
}

/**
 * The thread that commits for every vault of this process. One for all: each would take thirty megabytes for what is mostly a wait for
 * the same disk. It starts with the first vault and ends with the last.
 */
export class CommitProgram {
  static #running: CommitProgram | undefined;
  readonly #worker: Worker;
  readonly #clients = new Map<number, CommitClient>();
  #vaults = 0;
  #awaited = 0;

  private constructor() {
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB };
    this.#worker = new Worker(PROGRAM, { name: 'commit', resourceLimits });
    // It keeps the process alive only while an answer is awaited.
    this.#worker.unref();
    this.#worker.on('message', (reply: CommitReply) => this.#clients.get(reply.vault)?.take(reply));
    this.#worker.on('error', (cause) => this.#end(cause));
    this.#worker.once('exit', () => this.#end(undefined));
  }

  /** Opens a vault on the thread, which is started when there is none: the program and the number of the vault. */
  static open(options: CommitThreadOptions, client: CommitClient): { program: CommitProgram; vault: number } {
    CommitProgram.#running ??= new CommitProgram();
    const program = CommitProgram.#running;
    const vault = ++program.#vaults;
    program.#clients.set(vault, client);
    program.#worker.postMessage({ kind: 'open', vault, options } satisfies CommitRequest);
    return { program, vault };
  }

  /** Asks for something that is answered: call {@link CommitProgram.answered} when it was. */
  ask(request: CommitRequest): void {
    if (this.#awaited === 0) this.#worker.ref();
    this.#awaited += 1;
    this.#worker.postMessage(request);
  }

  /** One answer was taken. */
  answered(): void {
    this.#awaited -= 1;
    if (this.#awaited === 0) this.#worker.unref();
  }

  /** A vault was closed; the thread ends with the last one. */
  forget(vault: number): void {
    this.#clients.delete(vault);
    if (this.#clients.size > 0) return;
    this.#retire();
    this.#worker.postMessage({ kind: 'end' } satisfies CommitRequest);
  }

  /** The next vault gets a thread of its own. */
  #retire(): void {
    if (CommitProgram.#running === this) CommitProgram.#running = undefined;
  }

  #end(cause: unknown): void {
    this.#retire();
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    for (const client of clients) client.lost(cause);
  }
}
