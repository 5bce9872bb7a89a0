import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Go's oldest release that builds Fabric 3.1. */
const GO_MINOR = 26;

function built(): boolean {
  const cache = process.env.HOLDFAST_CACHE ?? join(homedir(), '.cache', 'holdfast');
  return existsSync(join(cache, 'fabric-3.1.1', 'bin', 'orderer'));
}

/** Why nothing runs on Fabric here; undefined when it can. */
export function missingForFabric(): string | undefined {
  if (built()) return undefined;
  const { stdout, status } = spawnSync('go', ['version'], { encoding: 'utf8' });
  const minor = Number(/\bgo1\.(\d+)/.exec(stdout ?? '')?.[1] ?? 0);
  return status === 0 && minor >= GO_MINOR
    ? undefined
    : `no Go 1.${GO_MINOR} or newer, and no built Fabric in the cache`;
}
