/** `bench verify`: receipts verified a second in Node and in Chromium, a hundred sharing a checkpoint and each with its own. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Primitives, toBase64Url } from '../src/proof/index.ts';
import { temporaryFolder } from '../test/journeys/harness/checkout.ts';
import { machine, median, writeResult } from './machine.ts';
import { distinctReceipts, type Material, sharedReceipts, verifyAll } from './receipts.ts';

const ROUNDS = 7; // the first warms up
const SHARED = 5_000; // receipts a round, 100 to a checkpoint
const DISTINCT = 1_500; // receipts a round, each under its own checkpoint
const IN_BROWSER = { shared: 1_000, distinct: 200 }; // JavaScript signatures are slower: a round stays near a second

/** Rates that must be reached in Node, per second. */
const TARGETS = { shared: 5_000, distinct: 1_500 };

/** Most keys held: far more than a network of the largest size has. */
const MAX_KEYS = 1_024; // a few hundred bytes each
const keys = new Map<string, KeyObject>();

/** Ed25519 by OpenSSL; key objects are made once. */
const native: Primitives = {
  verifyEd25519(publicKey, message, signature) {
    const x = toBase64Url(publicKey);
    let key = keys.get(x);
    if (key === undefined) {
      try {
        key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
      } catch {
        return false;
      }
      if (keys.size < MAX_KEYS) keys.set(x, key);
    }
    return verify(null, message, key, signature);
  },
};

function inNode(material: Material): number[] {
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const seconds = verifyAll(material, native) / 1000;
    if (round > 0) rates.push(Math.round(material.receipts.length / seconds));
  }
  return rates;
}

const chromium = () =>
  [
    process.env.HOLDFAST_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].find((path) => path !== undefined && existsSync(path));

/** The same in a page, with the verifier as the portal bundles it; undefined where there is no Chromium. */
async function inBrowser(shared: Material, distinct: Material) {
  const executablePath = chromium();
  if (executablePath === undefined) return undefined;
  const [{ build }, { chromium: engine }] = await Promise.all([import('vite'), import('playwright')]);
  const outDir = temporaryFolder('bench-verify');
  const lib = {
    entry: join(import.meta.dirname, 'receipts.ts'),
    name: 'bench',
    formats: ['iife' as const],
    fileName: () => 'bench.js',
  };
  await build({ configFile: false, logLevel: 'error', build: { lib, outDir, target: 'es2025' } });
  const browser = await engine.launch({ executablePath });
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ path: join(outDir, 'bench.js') });
    const run = async (material: Material): Promise<number[]> => {
      const rates: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const durationMs = await page.evaluate(
          (given) =>
            (globalThis as unknown as { bench: { verifyAll(material: unknown): number } }).bench.verifyAll(
              given,
            ),
          material,
        );
        if (round > 0) rates.push(Math.round(material.receipts.length / (durationMs / 1000)));
      }
      return rates;
    };
    return { version: browser.version(), shared: await run(shared), distinct: await run(distinct) };
  } finally {
    await browser.close();
  }
}

async function main(): Promise<void> {
  const shared = await sharedReceipts(SHARED);
  const distinct = await distinctReceipts(DISTINCT);
  const node = { shared: inNode(shared), distinct: inNode(distinct) };
  const browser = await inBrowser(
    {
      ...shared,
      receipts: shared.receipts.slice(0, IN_BROWSER.shared),
      contents: shared.contents.slice(0, IN_BROWSER.shared),
    },
    {
      ...distinct,
      receipts: distinct.receipts.slice(0, IN_BROWSER.distinct),
      contents: distinct.contents.slice(0, IN_BROWSER.distinct),
    },
  );
  const rows = [
    { where: 'Node', which: '100 to a checkpoint', perSecond: median(node.shared), target: TARGETS.shared },
    { where: 'Node', which: 'each with its own', perSecond: median(node.distinct), target: TARGETS.distinct },
    ...(browser === undefined
      ? []
      : [
          { where: 'Chromium', which: '100 to a checkpoint', perSecond: median(browser.shared) },
          { where: 'Chromium', which: 'each with its own', perSecond: median(browser.distinct) },
        ]),
  ];
  console.table(rows);
  console.log(machine());
  if (browser === undefined) console.log('No Chromium was found: the browser was not measured.');
  const what =
    'receipts with their contents verified a second, one thread, quorum of 2 of 3 witnesses; JSON text in, verdict out';
  writeResult('verify', { what, results: rows, rounds: { node, browser } });
  if (rows.some((row) => 'target' in row && row.perSecond < row.target)) process.exitCode = 1;
}

await main();
