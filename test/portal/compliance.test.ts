import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../journeys/harness/checkout.ts';
import type { RunningNode } from '../journeys/harness/running-node.ts';
import { describeInChromium, SCREENS } from './harness/chromium.ts';
import { demoPortal } from './harness/demo-portal.ts';
import { chooseFile, press, visit } from './harness/keyboard.ts';

let node: RunningNode;
/** Paths of a receipt, of its record, and of copies that somebody changed. */
let files: Record<
  'receipt' | 'record' | 'otherRecord' | 'tampered' | 'forged' | 'policy' | 'otherPolicy',
  string
>;

const screens: [string, BrowserContextOptions][] = [
  ['on a desktop', { ...SCREENS.desktop, colorScheme: 'light' }],
  ['on a telephone', { ...SCREENS.phone, colorScheme: 'dark' }],
];

/** A new record's receipt as files in a folder. */
async function makeFiles(): Promise<typeof files> {
  const hospital = node.organisation('st-mary');
  const created = await hospital.fhir('POST', 'Basic', {
    body: { resourceType: 'Basic', code: { text: 'hello' } },
  });
  expect(created.status).toBe(201);
  const receipt = await hospital.receipt(`Basic/${created.json.id}`);
  const policy = (await node.send('/policy')).text;
  const folder = temporaryFolder('portal');
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  return {
    receipt: file('receipt.json', receipt.text),
    record: file('record.json', created.text),
    otherRecord: file('other-record.json', created.text.replace('hello', 'hullo')),
    tampered: file(
      'tampered.json',
      receipt.text.replace(created.json.id, 'f'.repeat(created.json.id.length)),
    ),
    forged: file('forged.json', '{"version":1,"event":{},"salt":"","proof":"nothing"}'),
    policy: file('policy.txt', policy),
    otherPolicy: file(
      'other-policy.txt',
      policy.replace(/\+[A-Za-z0-9+/]{44}\n/, (key) => `${key.slice(0, -3)}AA\n`),
    ),
  };
}

async function drop(page: Page, name: string, text: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    ([fileName, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content!], fileName!));
      return transfer;
    },
    [name, text],
  );
  await page.dispatchEvent('.drop', 'drop', { dataTransfer });
}

describeInChromium('somebody who checks the network', () => {
  const portal = demoPortal({ patients: 2 });
  beforeAll(async () => {
    node = portal.node;
    files = await makeFiles();
  });

  test.each(screens)('%s follows every log, without an account', async (_name, screen) => {
    const { page, complaints, close } = await portal.open(screen);
    await page.goto('/');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await visit(page, 'Logs and witnesses');
    const logs = page.getByRole('article');
    await logs.first().waitFor();
    expect(await logs.count()).toBe(node.organisations.length);
    for (const log of await logs.all()) {
      await log.getByText('verified here').waitFor();
      await log.getByText(/^Cosigned by /).waitFor();
    }

    // Without a reload a new entry shows, cosigned and anchored.
    const hospital = page.getByRole('article', { name: /St\. Mary/ });
    const entries = async () => Number((await hospital.locator('b').textContent())!.replace(/\D/g, ''));
    const before = await entries();
    await node.organisation('st-mary').create({ resourceType: 'Basic', code: { text: 'one more' } });
    await expect.poll(entries, { timeout: 15_000 }).toBeGreaterThan(before);
    const anchored = async () => {
      const words = (await hospital.textContent()) ?? '';
      return Number(/([\d,]+) of them anchored/.exec(words)?.[1]?.replaceAll(',', '') ?? 0);
    };
    await expect.poll(anchored, { timeout: 15_000 }).toBeGreaterThan(before);
    await page.getByRole('listitem').filter({ hasText: 'anchored its log' }).first().waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test.each(screens)('%s reads the ledger back to its first block, in words', async (_name, screen) => {
    const { page, complaints, close } = await portal.open(screen);
    await page.goto('/');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await visit(page, 'Ledger');
    const members = page.getByRole('region', { name: 'Members and anchors' }).getByRole('row');
    const ids = (await node.send('/ledger')).json.members.map(
      (each: { organisation: string }) => each.organisation,
    );
    await expect.poll(() => members.count(), { timeout: 15_000 }).toBe(ids.length + 1);
    await node.organisation('st-mary').create({ resourceType: 'Basic', code: { text: 'to be anchored' } });
    const blocks = page.getByRole('list', { name: 'Blocks' }).getByRole('listitem');
    await blocks
      .filter({ hasText: /St\. Mary Hospital anchored its log at/ })
      .first()
      .waitFor();
    await expect
      .poll(
        async () => {
          const older = page.getByRole('button', { name: 'Older' });
          if (await older.isEnabled()) await older.click();
          return blocks.filter({ hasText: 'founded the network' }).count();
        },
        { timeout: 30_000 },
      )
      .toBe(1);
    expect(complaints).toEqual([]);
    await close();
  });

  test.each(screens)('%s has a receipt verified, and a changed one refused', async (_name, screen) => {
    const { page, complaints, close } = await portal.open(screen);
    await page.goto('/');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await visit(page, 'Verify a receipt');
    const verdict = page.getByRole('article');
    const says = async (...sentences: string[]) => {
      for (const sentence of sentences) await verdict.getByText(sentence).first().waitFor();
    };

    await chooseFile(page, 'Receipt or bundle', files.tampered);
    await says('Refused', 'inclusion-invalid');
    await chooseFile(page, 'Receipt or bundle', files.forged);
    await says('Refused', 'receipt-malformed');
    await chooseFile(page, 'Receipt or bundle', files.receipt);
    await says('Verified', 'The content was not checked');
    await chooseFile(page, 'Record (optional)', files.otherRecord);
    await says('Refused', 'content-mismatch');
    await chooseFile(page, 'Record (optional)', files.record);
    await says('Verified', 'The content is exactly what was logged.');
    await chooseFile(page, 'Trust policy (optional)', files.otherPolicy);
    await says('Refused');
    await chooseFile(page, 'Trust policy (optional)', files.policy);
    await says('Verified');
    expect(complaints).toEqual([]);
    await close();
  });

  test('drops a file on the page, and nothing of it leaves the browser', async () => {
    const { page, complaints, close } = await portal.open();
    await page.goto('/compliance/verify');
    await page.getByText('Drop a receipt or a bundle here').waitFor();
    await page.getByText(/SHA-256/).waitFor();
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.url()));
    await drop(page, 'forged.json', '{"version":1}');
    await page.getByRole('article').getByText('Refused').waitFor();
    await drop(page, 'receipt.json', readFileSync(files.receipt, 'utf8'));
    await page.getByRole('article').getByText('Verified').waitFor();
    expect(sent).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('keeps a receipt from the record of a patient and has it verified', async () => {
    const { page, complaints, close } = await portal.open();
    await page.goto('/');
    await press(page, 'button', /^Sign in as /);
    await press(page, 'button', /^Proof of .*: verified$/);
    const saved = page.waitForEvent('download');
    await press(page, 'button', 'Save the receipt');
    const path = await (await saved).path();
    await page.keyboard.press('Escape');
    await visit(page, 'Verify a receipt');
    await chooseFile(page, 'Receipt or bundle', path);
    await page.getByRole('article').getByText('Verified').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});
