import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeInChromium, launchChromium } from '../portal/harness/chromium.ts';
import { COMMAND, NODE, ROOT, temporaryFolder } from './harness/checkout.ts';
import { type Clinic, newPage, setPasswordAt, signInAtPortal } from './harness/clinic.ts';
import { freePort, startNode } from './harness/running-node.ts';

/** Making, starting, and signing two people in on a busy machine. */
const SETUP_MS = 480_000;
const STARTUP_MS = 240_000; // as above

/** The lines of docs/install.md for a node of one's own; the last one starts it. */
const [, block = ''] = /```sh\n(export HOLDFAST_PASSPHRASE[\s\S]*?)```/.exec(
  readFileSync(join(ROOT, 'docs/install.md'), 'utf8'),
) ?? [''];
const START = 'npx holdfast start --data ./data\n';

let clinic: Pick<Clinic, 'node'> | undefined;
let browser: Browser;
let printed: string;
beforeAll(async () => {
  const folder = temporaryFolder('install');
  const port = await freePort();
  const script = block
    .replace(START, '')
    .replace('npx holdfast init', `npx holdfast init --port ${port}`)
    .replaceAll('npx holdfast', `"${NODE}" "${COMMAND}"`);
  const ran = spawnSync('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, encoding: 'utf8' });
  expect(ran.status, ran.stdout + ran.stderr).toBe(0);
  printed = ran.stdout;
  const [, passphrase = ''] = /HOLDFAST_PASSPHRASE='([^']+)'/.exec(block) ?? [];
  const node = await startNode({
    demo: false,
    data: join(folder, 'data'),
    port,
    environment: { HOLDFAST_PASSPHRASE: passphrase },
    startupTimeoutMs: STARTUP_MS,
  });
  clinic = { node };
  browser = await launchChromium();
}, SETUP_MS);
afterAll(async () => {
  await browser?.close();
  await clinic?.node.stop();
});

describeInChromium('docs/install.md, by copy and paste', () => {
  test(
    'leads to an administrator and a clinician who sign in',
    async () => {
      expect(block.endsWith(START)).toBe(true);
      if (clinic === undefined) throw new Error('the node did not start');
      const links = [...printed.matchAll(/^ +(http\S+\/setup#\S+)$/gm)].map(([, link = '']) => link);
      expect(links).toHaveLength(2);
      // Whoever sets both in one tab, begins with the second and comes back to it, changes nothing but what is behind the #.
      const tab = await newPage(browser);
      const [first = '', second = ''] = links;
      await tab.goto(second);
      await setPasswordAt(tab, first);
      await setPasswordAt(tab, second);
      await tab.context().close();
      const administrator = await signInAtPortal(browser, clinic, 'root');
      await administrator.getByRole('heading', { name: 'Administration' }).waitFor();
      await administrator.getByRole('cell', { name: 'Carl Cole' }).waitFor();
      const clinician = await signInAtPortal(browser, clinic, 'carl');
      await clinician.getByRole('heading', { name: 'Apps and passkeys' }).waitFor();
    },
    SETUP_MS,
  );
});
