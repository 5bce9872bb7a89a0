import { spawnSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../journeys/harness/checkout.ts';
import { holdfast } from '../journeys/harness/command.ts';
import type { Answer } from '../journeys/harness/http.ts';
import { judge, networkPolicy, type Organisation } from '../journeys/harness/organisation.ts';
import { type RunningNode, startNode } from '../journeys/harness/running-node.ts';
import { until } from '../journeys/harness/until.ts';

/** A small demo and its growth during the test. */
const DISK_BYTES = 160 * 1024 * 1024;
/** What is left free when the test begins to write. */
const SPARE_BYTES = 3 * 1024 * 1024;
const MOST_WRITES = 2_000; // far beyond what fits

const disk = temporaryFolder('disk');
const mounted =
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'holdfast-test', disk]).status === 0;
if (!mounted) console.warn('Skipped: a small disk cannot be mounted here (the test needs root).');
if (!mounted && process.env.CI === 'true') throw new Error('A small disk must be mountable in CI.');
afterAll(() => {
  if (mounted) spawnSync('umount', ['-l', disk]);
});

const freeBytes = () => {
  const { bavail, bsize } = statfsSync(disk);
  return bavail * bsize;
};

describe.skipIf(!mounted)('a full disk', () => {
  const filler = join(disk, 'filler');
  let node: RunningNode;
  let hospital: Organisation;
  let patient: string;
  const acknowledged: string[] = [];
  const body = (size: number) => ({
    resourceType: 'Basic',
    code: { text: 'x' },
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${noise(size)}</div>` },
  });
  const noise = (size: number) =>
    Array.from({ length: size }, () => Math.random().toString(36).slice(2, 3) || 'a').join('');

  beforeAll(async () => {
    node = await startNode({ data: join(disk, 'data'), patients: 1 });
    hospital = node.organisation('st-mary');
    await hospital.token();
    patient = (await hospital.searchIds('Patient'))[0] ?? '';
    writeFileSync(filler, Buffer.alloc(Math.max(0, freeBytes() - SPARE_BYTES)));
  });
  afterAll(() => node?.stop());

  test('refuses writes with 507, and what was acknowledged before is there', async () => {
    let full: Answer | undefined;
    for (let count = 0; full === undefined && count < MOST_WRITES; count++) {
      const answer = await hospital.fhir('POST', 'Basic', { body: body(20_000) });
      if (answer.status === 201) acknowledged.push(answer.json.id);
      else full = answer;
    }
    expect([full?.status, full?.json.resourceType]).toEqual([507, 'OperationOutcome']);
    expect(full?.text).toContain('storage-full');
    expect(acknowledged.length).toBeGreaterThan(0);
    for (const _ of Array(10))
      expect((await hospital.fhir('POST', 'Basic', { body: body(200_000) })).status).toBe(507);
  });

  test('reads go on', async () => {
    const reads = [
      `Patient/${patient}`,
      `Observation?patient=${patient}&_count=5`,
      `Basic/${acknowledged[0]}`,
    ];
    for (let round = 0; round < 20; round++)
      for (const path of reads)
        expect([path, (await hospital.fhir('GET', path)).status]).toEqual([path, 200]);
  });

  test('the process lives, and says so', async () => {
    expect(node.running()).toBe(true);
    expect((await node.send('/health')).status).toBe(200);
    expect(node.output()).not.toMatch(/unhandled|uncaught|AssertionError/i);
  });

  test('with room again, writes go on by themselves, and everything is whole', async () => {
    rmSync(filler);
    const written = await until('a write succeeds', async () => {
      const answer = await hospital.fhir('POST', 'Basic', { body: body(1_000) });
      return answer.status === 201 ? answer : undefined;
    });
    acknowledged.push(written.json.id);
    for (const id of acknowledged) expect((await hospital.fhir('GET', `Basic/${id}`)).status).toBe(200);
    const policies = [await networkPolicy(node.port)];
    for (const id of [acknowledged[0], acknowledged.at(-1)])
      expect(judge(await hospital.receipt(`Basic/${id}`), policies)).toMatchObject({ ok: true });
    expect(await node.stop()).toBe(0);
    const checked = await holdfast(['fsck', '--data', node.data, '--json']);
    expect(checked.json, checked.stderr).toMatchObject({ ok: true });
  });
});
