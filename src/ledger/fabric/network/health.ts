import { setTimeout as pause } from 'node:timers/promises';
import { NetworkError } from './network-error.ts';
import { logTail, type ProcessSpec, runningProcess } from './supervised-process.ts';

const LOOK_MS = 100; // a start takes seconds: a tenth is not noticed
const ANSWER_MS = 2_000; // loopback; slower is not healthy
/** A machine that starts eight processes at once on two busy cores. */
export const HEALTHY_WITHIN_MS = 90_000; // measured: 3 s on two idle cores

/** True when the operations service of a process says that it is well. */
export async function isHealthy(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`, {
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

/** Waits until something is so, looking every `lookMs`. Rejects with NetworkError `process-failed` and what `why` says. */
export async function until(
  isSo: () => Promise<boolean>,
  withinMs: number,
  why: () => string,
  lookMs = LOOK_MS,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new NetworkError('process-failed', why());
    await pause(lookMs);
  }
}

/** Waits for the health of a process. */
export function untilHealthy(spec: ProcessSpec, operationsPort: number): Promise<void> {
  const why = () => {
    const state = runningProcess(spec.pidFile) === undefined ? 'does not run' : 'runs but is not healthy';
    return `${spec.name} ${state}. Its log ${spec.log} ends: ${logTail(spec.log)}`;
  };
  return until(() => isHealthy(operationsPort), HEALTHY_WITHIN_MS, why);
}
