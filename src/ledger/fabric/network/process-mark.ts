import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Field of /proc/PID/stat with the start time, counted after the command's closing bracket (proc(5): field 22). */
const START_FIELD = 19;
/** State of a process that ended and was not waited for (proc(5)). */
const ZOMBIE = 'Z';

/** When a process started, in whatever words its system has; undefined when it does not run. */
export function startMark(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxMark(pid);
  const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const mark = stdout.trim();
  return status === 0 && mark !== '' ? mark : undefined;
}

function linuxMark(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A reboot begins counting anew: the boot's own id keeps two boots apart.
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return fields[0] === ZOMBIE ? undefined : `${boot} ${fields[START_FIELD]}`;
  } catch {
    return undefined;
  }
}
