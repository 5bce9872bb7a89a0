import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isHealthy, until } from './health.ts';
import { hostedPlans, type NetworkContext, networkContext, planOf } from './network-context.ts';
import { readDescription, writeDescription } from './network-description.ts';
import { NetworkError } from './network-error.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { hostedProcesses } from './process-specs.ts';
import { supervisorPidFile } from './supervise-network.ts';
import { runningProcess, stopProcess } from './supervised-process.ts';

/** A supervisor looks several times a second; its processes end within ten. */
const STOPPED_WITHIN_MS = 30_000; // twice that, on a busy machine

/** Orderers that may stand still while blocks are ordered: SmartBFT with n members tolerates ⌊(n − 1) / 3⌋. */
export function toleratedFaults(orderers: number): number {
  return Math.floor((orderers - 1) / 3);
}

/**
 * Does something while an organisation's processes stand still, and lets them go on afterwards, whatever came of it; where none runs
 * they stay as they are. The network goes on meanwhile where it tolerates the loss of one. Rejects with NetworkError `orderers-too-few`, having
 * stopped nothing, when another orderer here is not well and the network would stand still too.
 */
export async function whilePaused<T>(
  context: NetworkContext,
  organisation: string,
  work: () => Promise<T>,
): Promise<T> {
  const { path } = context.folder;
  const plan = planOf(context, organisation);
  const isRunning = runningProcess(supervisorPidFile(path)) !== undefined;
  if (isRunning) await requireOthers(context, plan);
  setPaused(path, [organisation]);
  try {
    await untilStopped(context, organisation, isRunning);
    return await work();
  } finally {
    setPaused(path, []);
  }
}

async function requireOthers(context: NetworkContext, { id }: OrganisationPlan): Promise<void> {
  const ordering = context.description.organisations.filter(({ isOrdering }) => isOrdering !== false);
  const tolerated = toleratedFaults(ordering.length);
  // A network of three or fewer stands still with any of them: whoever runs one knows it.
  if (tolerated === 0) return;
  const others = hostedPlans(context).filter((each) => each.id !== id && each.isOrdering !== false);
  const well = await Promise.all(others.map(({ ports }) => isHealthy(ports.ordererOperations)));
  const ill = others.filter((_, at) => well[at] !== true).map((each) => each.id);
  if (ill.length + 1 > tolerated)
    throw new NetworkError(
      'orderers-too-few',
      `The orderer of ${ill.join(', ')} is not well: with that of ${id} stopped as well the network would stand still.`,
    );
}

function setPaused(path: string, paused: readonly string[]): void {
  const { paused: _before, ...description } = readDescription(path);
  writeDescription(path, paused.length === 0 ? description : { ...description, paused });
}

async function untilStopped(
  context: NetworkContext,
  organisation: string,
  isSupervised: boolean,
): Promise<void> {
  const { path, run } = context.folder;
  const only = { ...context.description, hosted: [organisation] };
  const files = hostedProcesses(networkContext(path, only, context.binaries)).map(({ pidFile }) => pidFile);
  // Without a supervisor nobody else stops them, and nobody starts them again.
  if (!isSupervised) for (const file of files) await stopProcess(file);
  await until(
    async () => files.every((file) => runningProcess(file) === undefined),
    STOPPED_WITHIN_MS,
    () => `A process of ${organisation} does not end: see ${join(run, '..', 'logs')}.`,
  );
  for (const file of files) rmSync(file, { force: true });
}
