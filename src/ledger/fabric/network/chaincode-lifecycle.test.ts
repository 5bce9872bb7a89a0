import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { approveDefinition } from './chaincode-lifecycle.ts';
import { networkFolder } from './network-folder.ts';
import { localPlans } from './organisation-plan.ts';

const REDEFINED = 'attempted to redefine the current committed sequence (2) for namespace holdfast';
const chaincode = {
  ...{ name: 'holdfast', version: '1.0.0+abc', label: 'holdfast-abc', packageId: 'holdfast-abc:def' },
  sequence: 2,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-lifecycle-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Approves with a program in the place of Fabric's `peer`, which says these words and fails, one after the other, and then succeeds; how often it ran. */
async function approving(...words: string[]): Promise<number> {
  const [program, ran] = [join(folder, 'peer'), join(folder, 'ran')];
  const lines = words.map((each, at) => `[ $n -eq ${at + 1} ] && { echo "Error: ${each}" >&2; exit 1; }`);
  writeFileSync(ran, '');
  writeFileSync(
    program,
    ['#!/bin/sh', `echo >> '${ran}'`, `n=$(wc -l < '${ran}')`, ...lines, 'exit 0'].join('\n'),
  );
  chmodSync(program, 0o700);
  const [plan] = localPlans(['lakeside'], 7050);
  if (plan === undefined) throw new Error('there is a plan');
  const context = {
    folder: networkFolder(folder),
    description: { version: 1, channel: 'holdfast', organisations: [plan], hosted: ['lakeside'] } as const,
    binaries: { command: () => program, samples: folder },
  };
  await approveDefinition(context, plan, chaincode);
  return readFileSync(ran, 'utf8').length;
}

describe('approving a definition', () => {
  test('that the organisation approved before it was suspended is done already', async () => {
    expect(await approving(`proposal failed with status: 500 - ${REDEFINED}`)).toBe(1);
  });

  test('with other parameters than the committed one has is refused', async () => {
    const other = `${REDEFINED} with different parameters: expected Version '1' does not match passed Version '2'`;
    await expect(approving(other)).rejects.toMatchObject({ code: 'command-failed' });
  });

  test('is done again when another organisation committed it meanwhile, and then holds', async () => {
    expect(await approving('MVCC_READ_CONFLICT')).toBe(2);
    expect(await approving('MVCC_READ_CONFLICT', REDEFINED)).toBe(2);
  });

  test('is refused for any other reason', async () => {
    await expect(approving('access denied')).rejects.toMatchObject({ code: 'command-failed' });
  });
});
