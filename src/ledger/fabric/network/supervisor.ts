import { setTimeout as pause } from 'node:timers/promises';
import { type ProcessSpec, runningProcess, spawnProcess, stopProcess } from './supervised-process.ts';

const LOOK_MS = 200; // a process that ended is started again within a fifth of a second
const FIRST_WAIT_MS = 200; // most ends are kills, after which it starts at once
const MAX_WAIT_MS = 10_000; // a process that cannot start does not fill disk and log
const SETTLED_MS = 30_000; // whoever ran this long is healthy: the next end counts as the first

interface Watched {
  readonly spec: ProcessSpec;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/** What happened to a process, for a log. */
export type ProcessEvent = {
  readonly name: string;
  readonly event: 'started' | 'attached' | 'ended';
  readonly pid: number;
};

/**
 * Keeps processes running: starts them, takes over those that a pid file shows to run already (after a crash of the
 * supervisor itself), and starts them again when they end. Processes outlive their supervisor.
 */
export class Supervisor {
  readonly #watched = new Map<string, Watched>();
  readonly #tell: (event: ProcessEvent) => void;

  constructor(tell: (event: ProcessEvent) => void = () => {}) {
    this.#tell = tell;
  }

  /** Begins to keep a process running; one of the same name that is watched already stays as it is. */
  keep(spec: ProcessSpec): void {
    if (this.#watched.has(spec.name)) return;
    const stop = new AbortController();
    this.#ensure(spec);
    this.#watched.set(spec.name, { spec, stop, done: this.#watch(spec, stop.signal) });
  }

  /** Names of what is kept running. */
  names(): string[] {
    return [...this.#watched.keys()];
  }

  /** Stops one process and no longer keeps it; nothing when it is not kept. */
  async drop(name: string): Promise<void> {
    const watched = this.#watched.get(name);
    if (watched === undefined) return;
    this.#watched.delete(name);
    watched.stop.abort();
    await watched.done;
    await stopProcess(watched.spec.pidFile);
  }

  /** Keeps exactly these running: what is no longer among them is stopped, what changed is started anew. */
  async keepExactly(specs: readonly ProcessSpec[]): Promise<void> {
    const wanted = new Map(specs.map((spec) => [spec.name, JSON.stringify(spec)]));
    const obsolete = [...this.#watched].filter(
      ([name, { spec }]) => wanted.get(name) !== JSON.stringify(spec),
    );
    await Promise.all(obsolete.map(([name]) => this.drop(name)));
    for (const spec of specs) this.keep(spec);
  }

  /** Stops everything. */
  async stop(): Promise<void> {
    await Promise.all(this.names().map((name) => this.drop(name)));
  }

  /** No longer watches; the processes go on. */
  async release(): Promise<void> {
    const all = [...this.#watched.values()];
    this.#watched.clear();
    for (const { stop } of all) stop.abort();
    await Promise.all(all.map(({ done }) => done));
  }

  #ensure(spec: ProcessSpec): void {
    const running = runningProcess(spec.pidFile);
    if (running !== undefined) {
      this.#tell({ name: spec.name, event: 'attached', pid: running.pid });
      return;
    }
    const child = spawnProcess(spec);
    // A program that is not there: its end is seen by the watch, which tries again.
    child.on('error', () => {});
    this.#tell({ name: spec.name, event: 'started', pid: child.pid ?? 0 });
  }

  async #watch(spec: ProcessSpec, signal: AbortSignal): Promise<void> {
    let waitMs = FIRST_WAIT_MS;
    let startedMs = performance.now();
    while (!signal.aborted) {
      await quietly(LOOK_MS, signal);
      if (signal.aborted || runningProcess(spec.pidFile) !== undefined) continue;
      this.#tell({ name: spec.name, event: 'ended', pid: 0 });
      if (performance.now() - startedMs > SETTLED_MS) waitMs = FIRST_WAIT_MS;
      await quietly(waitMs, signal);
      if (signal.aborted) return;
      this.#ensure(spec);
      startedMs = performance.now();
      waitMs = Math.min(waitMs * 2, MAX_WAIT_MS);
    }
  }
}

async function quietly(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => {});
}
