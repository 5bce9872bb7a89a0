import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FabricBinaries } from './binaries.ts';
import { networkContext } from './network-context.ts';
import { readDescription } from './network-description.ts';
import { NetworkError } from './network-error.ts';
import { networkFolder } from './network-folder.ts';
import { hostedProcesses } from './process-specs.ts';
import {
  type ProcessSpec,
  runningProcess,
  spawnProcess,
  stopProcess,
  writePidFile,
} from './supervised-process.ts';
import { type ProcessEvent, Supervisor } from './supervisor.ts';

const LOOK_MS = 300; // a changed description (a new organisation, new chaincode) is followed as soon as a person looks
/** A supervisor stops its processes, each of which has ten seconds. */
const STOP_TIMEOUT_MS = 30_000; // they stop side by side

/** Pid file of a network's supervisor. */
export function supervisorPidFile(path: string): string {
  return join(networkFolder(path).run, 'supervisor.json');
}

/** What supervising needs. */
export interface SuperviseOptions {
  readonly path: string;
  readonly binaries: FabricBinaries;
  /** Ends the supervision, and stops every process. */
  readonly signal: AbortSignal;
  readonly tell: (event: ProcessEvent) => void;
}

/**
 * Keeps the hosted processes of a network running and follows its description until it is asked to end. Processes that
 * a supervisor before it left running are taken over. Rejects with NetworkError `process-failed` when another supervises.
 */
export async function superviseNetwork({ path, binaries, signal, tell }: SuperviseOptions): Promise<void> {
  const file = networkFolder(path).description;
  const pidFile = supervisorPidFile(path);
  const other = runningProcess(pidFile);
  if (other !== undefined && other.pid !== process.pid)
    throw new NetworkError('process-failed', `Process ${other.pid} supervises this network already.`);
  writePidFile(pidFile, process.pid);
  const supervisor = new Supervisor(tell);
  let seenMs = Number.NaN;
  while (!signal.aborted) {
    const changedMs = statSync(file).mtimeMs;
    if (changedMs !== seenMs) {
      await supervisor.keepExactly(hostedProcesses(networkContext(path, readDescription(path), binaries)));
      seenMs = changedMs;
    }
    await pause(LOOK_MS, undefined, { signal }).catch(() => {});
  }
  await supervisor.stop();
}

/** Starts a network's supervisor as a process that outlives this one; false when one runs already. */
export function startSupervisor(
  path: string,
  command: Pick<ProcessSpec, 'program' | 'args' | 'environment'>,
): boolean {
  const folder = networkFolder(path);
  const pidFile = supervisorPidFile(path);
  if (runningProcess(pidFile) !== undefined) return false;
  const log = join(folder.logs, 'supervisor.log');
  spawnProcess({ name: 'supervisor', ...command, cwd: folder.path, log, pidFile });
  return true;
}

/** Stops a network's supervisor and whatever of it still runs; gives how many processes that were. */
export async function stopNetwork(path: string): Promise<number> {
  readDescription(path);
  const { run } = networkFolder(path);
  const names = await readdir(run).catch(() => [] as string[]);
  const running = names.filter((name) => runningProcess(join(run, name)) !== undefined).length;
  await stopProcess(supervisorPidFile(path), STOP_TIMEOUT_MS);
  await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => stopProcess(join(run, name))),
  );
  return running;
}
