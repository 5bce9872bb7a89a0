import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FILE_MODE, FOLDER_MODE } from './network-folder.ts';
import { startMark } from './process-mark.ts';
import { replaceFile } from './write-material.ts';

/** What to run, and where its log and its pid file are. */
export interface ProcessSpec {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly log: string;
  readonly pidFile: string;
}

/** A running process: its number, and a mark that another process of the same number would not have. */
export interface RunningProcess {
  readonly pid: number;
  readonly mark: string;
}

/** A log that grew beyond this is put aside at the next start; one older is kept. */
const MAX_LOG_BYTES = 64 * 1024 * 1024; // days of warnings
const STOP_TIMEOUT_MS = 10_000; // LevelDB and the write-ahead log close in less; after it the process is killed
const LOOK_MS = 50; // often enough that a stop feels immediate

/** The process that a pid file speaks of, when it still runs; undefined when it ended or its number has gone to another. */
export function runningProcess(pidFile: string): RunningProcess | undefined {
  try {
    const { pid, mark } = JSON.parse(readFileSync(pidFile, 'utf8')) as RunningProcess;
    return Number.isSafeInteger(pid) && pid > 1 && startMark(pid) === mark ? { pid, mark } : undefined;
  } catch {
    return undefined;
  }
}

/** Starts a process that outlives its parent, and writes its pid file. */
export function spawnProcess(spec: ProcessSpec): ChildProcess {
  const log = openLog(spec.log);
  try {
    const child = spawn(spec.program, [...spec.args], {
      cwd: spec.cwd,
      env: spec.environment,
      stdio: ['ignore', log, log],
      detached: true,
    });
    if (child.pid !== undefined) writePidFile(spec.pidFile, child.pid);
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** Writes down that a process runs. */
export function writePidFile(path: string, pid: number): void {
  replaceFile(path, JSON.stringify({ pid, mark: startMark(pid) ?? '' }));
}

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
  try {
    if (statSync(path).size > MAX_LOG_BYTES) renameSync(path, `${path}.1`);
  } catch {
    // No log yet.
  }
  return openSync(path, 'a', FILE_MODE);
}

/** Stops the process of a pid file, gently and then not, and removes the file. True when there was one. */
export async function stopProcess(pidFile: string, timeoutMs = STOP_TIMEOUT_MS): Promise<boolean> {
  const running = runningProcess(pidFile);
  if (running !== undefined) {
    signal(running.pid, 'SIGTERM');
    const deadline = performance.now() + timeoutMs;
    while (runningProcess(pidFile) !== undefined && performance.now() < deadline) await pause(LOOK_MS);
    if (runningProcess(pidFile) !== undefined) signal(running.pid, 'SIGKILL');
    while (runningProcess(pidFile) !== undefined) await pause(LOOK_MS);
  }
  rmSync(pidFile, { force: true });
  return running !== undefined;
}

/** Sends a signal; a process that is gone is no error. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself.
  }
}

/** The last lines of a log, for a message. */
export function logTail(path: string, lines = 3): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join(' ').slice(-600);
  } catch {
    return '';
  }
}
