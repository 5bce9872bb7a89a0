import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunningNode } from './running-node.ts';

/** Where suites on one consortium say whose patients they have at the moment; undefined where every suite has its own. */
const CLAIMS =
  process.env.HOLDFAST_TEST_RUNNING === undefined
    ? undefined
    : join(dirname(process.env.HOLDFAST_TEST_RUNNING), 'claims');

const own = new Set<string>();
if (CLAIMS !== undefined && process.env.VITEST !== undefined) {
  const { afterAll } = await import('vitest');
  afterAll(() => {
    for (const id of own) rmSync(join(CLAIMS, id), { recursive: true, force: true });
    own.clear();
  });
}

/**
 * Whether this suite has a persona of a node to itself until its end: what one suite lets happen to a patient, another that
 * runs at the same time would take for its own doing. Always so on a node of its own.
 */
export function claimPersona({ isShared }: Pick<RunningNode, 'isShared'>, id: string): boolean {
  if (!isShared || CLAIMS === undefined || own.has(id)) return true;
  try {
    mkdirSync(CLAIMS, { recursive: true });
    mkdirSync(join(CLAIMS, id));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  own.add(id);
  return true;
}
