import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOrganisationAuthorities } from '../../identity/index.ts';
import { parseConfiguration } from '../configuration.ts';
import { openDemo } from '../demo/demo-folder.ts';
import { embeddedEngine } from '../network/ledger-engine.ts';
import { type RunningNode, startNode } from '../start.ts';
import { freePort } from '../suite/free-port.ts';
import { certificateReport } from './certificates-in-use.ts';
import { issueMaterial } from './organisation-material.ts';

const DAY_MS = 86_400_000;
const LASTS_DAYS = 397; // src/identity/certificates/validity.ts
let folder: string;
let profile: string;
let node: RunningNode;

/** Puts the certificate of a holder in place that ends so many days from now. */
async function endingIn(days: number): Promise<void> {
  const made = new Date(Date.now() - (LASTS_DAYS - days) * DAY_MS);
  const authorities = await createOrganisationAuthorities('st-mary', made);
  const material = await issueMaterial(authorities, {
    organisation: 'st-mary',
    hosts: ['localhost'],
    now: made,
  });
  mkdirSync(join(folder, 'tls', 'orderer'), { recursive: true });
  writeFileSync(join(folder, 'tls', 'orderer', 'cert.pem'), material.tls.orderer.certificate);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-certificates-told-'));
  profile = join(folder, 'connection.json');
  await endingIn(59.5);
  const data = join(folder, 'data');
  const now = () => new Date();
  openDemo(data, { patients: 1, now: now() });
  const organisations = [{ id: 'st-mary', name: 'St Mary' }];
  const file = { mode: 'demo', log: 'error', port: await freePort(), organisations };
  node = await startNode({
    configuration: parseConfiguration(file, data, {}),
    passphrase: 'a public passphrase of a test',
    openEngine: async () => ({ ...embeddedEngine(data, now), ...certificateReport(profile, now) }),
  });
}, 60_000);
afterAll(async () => {
  await node?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const text = async (path: string) => (await fetch(`${node.url}${path}`)).text();
const json = async (path: string) => JSON.parse(await text(path)) as { ready?: boolean; warnings: string[] };

describe('a certificate that ends within sixty days', () => {
  const sentence = /certificate of tls\/orderer ends in 59 days: renew it with "holdfast ledger rotate"/;

  test('is a warning in /ready, which the node stays', async () => {
    const { ready, warnings } = await json('/ready');
    expect([ready, warnings.filter((each) => sentence.test(each)).length]).toEqual([true, 1]);
  });

  test('is a number in /metrics, for whoever plans further ahead', async () =>
    expect(await text('/metrics')).toContain('holdfast_certificate_days_left{holder="tls/orderer"} 59'));

  test('is on the ledger’s page of the portal', async () =>
    expect((await json('/ledger')).warnings).toEqual([expect.stringMatching(sentence)]));

  test('is none of these once it was renewed, without a restart', async () => {
    await endingIn(300.5);
    expect((await json('/ready')).warnings.filter((each) => each.includes('certificate'))).toEqual([]);
    expect((await json('/ledger')).warnings).toEqual([]);
    expect(await text('/metrics')).toContain('holdfast_certificate_days_left{holder="tls/orderer"} 300');
  });
});
