import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of a network's pid files: one `<name>.json` or `<name>.pid` for each process. */
const RUN = 'run';

/** The processes of a network by name (`st-mary-orderer`), as their pid files say. */
export function processesOf(network: string): Map<string, number> {
  const folder = join(network, RUN);
  if (!existsSync(folder)) return new Map();
  return new Map(
    readdirSync(folder).flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8').trim();
      const pid = text.startsWith('{') ? Number(JSON.parse(text).pid) : Number(text);
      return Number.isSafeInteger(pid) && pid > 1 ? [[file.replace(/\.\w+$/, ''), pid] as const] : [];
    }),
  );
}

/** The number of one process; throws when the network has none of that name. */
export function pidOf(network: string, name: string): number {
  const pid = processesOf(network).get(name);
  if (pid === undefined)
    throw new Error(`no process ${name}: there are ${[...processesOf(network).keys()].join(', ')}`);
  return pid;
}

/** Whether a process runs. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Sends a signal; a process that is gone already is fine. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself.
  }
}

/** Resident memory of a process in MiB; undefined when it is gone. */
export function residentMiB(pid: number): number | undefined {
  try {
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kib === undefined ? undefined : Math.round(Number(kib) / 1024);
  } catch {
    return undefined;
  }
}

/** In which unit the kernel counts a process's time: USER_HZ of proc(5), the same on every Linux that is in use. */
const TICKS_PER_SECOND = 100;

/** Processor time that a process has taken, user and system, in milliseconds; 0 when it is gone. */
export function processorMs(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields 14 and 15 of proc(5), counted behind the name, which may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}
