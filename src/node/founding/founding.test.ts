import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nativePrimitives } from '../../crypto/index.ts';
import { verifyLedgerEvidence } from '../../proof/index.ts';
import { parseConfiguration } from '../configuration.ts';
import { openDemo } from '../demo/demo-folder.ts';
import { embeddedEngine, type LedgerEngine } from '../network/ledger-engine.ts';
import { type RunningNode, startNode } from '../start.ts';

/** Nodes with one organisation each that share nothing but a ledger: everything between them goes over HTTP. */
const IDS = ['st-mary', 'lakeside', 'meridian', 'aurora'];

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

interface Answer {
  readonly reasons: string[];
  readonly ledger: { readonly id: string };
  readonly blocks: readonly { readonly transactions: readonly { readonly id: string }[] }[];
}

let folder: string;
let engine: LedgerEngine;
let ports: number[];
const running: RunningNode[] = [];

function optionsOf(index: number) {
  const id = IDS[index] ?? '';
  const data = join(folder, id);
  openDemo(data, { patients: 1, now: new Date() });
  const file = {
    mode: 'demo',
    log: 'error',
    port: ports[index],
    anchorMs: 1_000,
    publishMs: 100,
    ledger: {
      engine: 'fabric',
      profile: 'unused',
      founders: IDS.map((each, at) => ({ id: each, url: urlOf(at) })),
    },
    organisations: [{ id, name: id }],
  };
  return {
    configuration: parseConfiguration(file, data, {}),
    passphrase: 'a public passphrase of a test',
    openEngine: async () => ({ ...engine, close: async () => undefined }),
  };
}
const urlOf = (index: number) => `http://localhost:${ports[index]}`;
const json = async (url: string) => (await fetch(url)).json() as Promise<Answer>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-founding-'));
  engine = embeddedEngine(join(folder, 'shared'), () => new Date());
  ports = await Promise.all(IDS.map(freePort));
});

afterAll(async () => {
  await Promise.all(running.map((node) => node.stop()));
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('four processes with one organisation each', () => {
  test('wait for each founder, and say for whom', async () => {
    const first = startNode(optionsOf(0));
    await expect
      .poll(async () => (await json(`${urlOf(0)}/ready`).catch(() => undefined))?.reasons, {
        timeout: 20_000,
      })
      .toEqual(['the ledger has not begun: waiting for lakeside, meridian, aurora to be started']);
    running.push(...(await Promise.all([1, 2, 3].map((index) => startNode(optionsOf(index))))), await first);
  }, 60_000);

  test('have founded one ledger, each with the keys of its own keyring', async () => {
    const ids = await Promise.all(
      IDS.map(async (_, index) => (await json(`${urlOf(index)}/.well-known/holdfast`)).ledger),
    );
    expect(new Set(ids.map(({ id }) => id)).size).toBe(1);
    const [policy = '', ...others] = await Promise.all(
      IDS.map(async (_, index) => (await fetch(`${urlOf(index)}/policy`)).text()),
    );
    for (const other of others) expect(other).toBe(policy);
    for (const id of IDS) expect(policy).toContain(`holdfast.local/orgs/${id}+`);
  });

  test('cosign each other’s logs and anchor them', async () => {
    for (const [index, id] of IDS.entries()) {
      await fetch(`${urlOf(index)}/orgs/${id}/fhir/Patient`);
      await expect
        .poll(async () => (await fetch(`${urlOf(index)}/orgs/${id}/log/checkpoint`)).status, {
          timeout: 20_000,
        })
        .toBe(200);
    }
  }, 60_000);

  test('sign each other’s ledger logs: evidence from one of them verifies offline', async () => {
    const { blocks } = await json(`${urlOf(2)}/ledger/blocks?from=0&limit=1`);
    const id = blocks[0]?.transactions[0]?.id;
    const answer = await fetch(`${urlOf(2)}/ledger/transactions/${id}`);
    expect(answer.status).toBe(200);
    const policies = [await (await fetch(`${urlOf(1)}/policy`)).text()];
    expect(verifyLedgerEvidence(await answer.text(), policies, nativePrimitives)).toMatchObject({
      ok: true,
      height: 0,
    });
  });

  test('refuse to go on with a ledger other than the one they signed', async () => {
    const [first] = running.splice(-1);
    await first?.stop();
    const path = join(folder, 'st-mary', 'founding.json');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/"ledger":"[0-9a-f]{32}"/, `"ledger":"${'0'.repeat(32)}"`));
    await expect(startNode(optionsOf(0))).rejects.toMatchObject({ code: 'founding-refused' });
    writeFileSync(path, text);
    running.push(await startNode(optionsOf(0)));
  }, 60_000);
});
