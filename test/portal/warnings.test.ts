import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOrganisationAuthorities } from '../../src/identity/index.ts';
import { certificateReport } from '../../src/node/fabric/certificates-in-use.ts';
import { issueMaterial, openDemo, parseConfiguration, startNode } from '../../src/node/index.ts';
import { embeddedEngine } from '../../src/node/network/ledger-engine.ts';
import { temporaryFolder } from '../journeys/harness/checkout.ts';
import { freePort } from '../journeys/harness/running-node.ts';
import { describeInChromium, launchChromium, openPage } from './harness/chromium.ts';
import { visit } from './harness/keyboard.ts';

const OLD_MS = 360 * 86_400_000; // of the 397 days that a certificate lasts
let browser: Browser;

describeInChromium('the ledger’s page', () => {
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  test('tells the operator of a certificate of the network that ends soon, and how to renew it', async () => {
    const data = temporaryFolder('warned');
    const now = () => new Date();
    const made = new Date(Date.now() - OLD_MS);
    const authorities = await createOrganisationAuthorities('st-mary', made);
    const material = await issueMaterial(authorities, {
      organisation: 'st-mary',
      hosts: ['localhost'],
      now: made,
    });
    mkdirSync(join(data, 'network', 'tls', 'orderer'), { recursive: true });
    writeFileSync(join(data, 'network', 'tls', 'orderer', 'cert.pem'), material.tls.orderer.certificate);
    const demo = join(data, 'demo');
    openDemo(demo, { patients: 1, now: now() });
    const file = { mode: 'demo', log: 'error', port: await freePort() };
    const organisations = [{ id: 'st-mary', name: 'St Mary' }];
    const node = await startNode({
      configuration: parseConfiguration({ ...file, organisations }, demo, {}),
      passphrase: 'a public passphrase of a test',
      openEngine: async () => ({
        ...embeddedEngine(demo, now),
        ...certificateReport(join(data, 'network', 'connection.json'), now),
      }),
    });
    const { page, complaints, close } = await openPage(browser, node.url);
    await page.goto('/');
    await visit(page, 'Ledger');
    const status = page.getByRole('status').filter({ hasText: 'The operator should look at this' });
    await status
      .getByText(/certificate of tls\/orderer ends in 3[67] days.*holdfast ledger rotate/)
      .waitFor();
    expect(complaints).toEqual([]);
    await close();
    await node.stop();
  });
});
