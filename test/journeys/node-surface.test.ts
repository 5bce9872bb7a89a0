import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transactionDigest, verifyLedgerEvidence } from '../../src/proof/index.ts';
import { nativePrimitives } from '../interop/native.ts';
import { type DemoPatient, patientAt } from './harness/demo.ts';
import { networkPolicy } from './harness/organisation.ts';
import { ENGINE, type RunningNode, startNode } from './harness/running-node.ts';
import { until } from './harness/until.ts';

let node: RunningNode;
let patient: DemoPatient;
beforeAll(async () => {
  node = await startNode();
  patient = await patientAt(node, 'st-mary', 'lakeside');
});
afterAll(() => node?.stop());

describe('a node says who it is and how it is', () => {
  test('/.well-known/holdfast: ledger and organisations, every address absolute and alive', async () => {
    const { json } = await node.send('/.well-known/holdfast');
    expect(json).toMatchObject({ demo: true, ledger: { engine: ENGINE } });
    expect(json.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(json.ledger.id).toMatch(/^[0-9a-f]{32}$/);
    // A process answers for those it hosts: on Fabric each has one of its own.
    const hosted = ENGINE === 'fabric' ? ['st-mary'] : ['aurora', 'lakeside', 'meridian', 'st-mary'];
    expect(json.organisations.map(({ id }: { id: string }) => id).sort()).toEqual(hosted);
    for (const { fhir, auth, log } of json.organisations) {
      const paths = [`${fhir}/metadata`, `${auth}/jwks`, `${log}/checkpoint`].map((url) => new URL(url));
      for (const { origin, pathname } of paths) {
        expect(origin).toBe(node.url);
        expect([pathname, (await node.send(pathname)).status]).toEqual([pathname, 200]);
      }
    }
  });

  test('/health and /ready', async () => {
    expect((await node.send('/health')).status).toBe(200);
    const ready = await node.send('/ready');
    expect([ready.status, ready.json.ready]).toEqual([200, true]);
  });

  test('/metrics in Prometheus form, from loopback', async () => {
    const { status, headers, text } = await node.send('/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('text/plain');
    for (const name of [
      'holdfast_ledger_height',
      'holdfast_log_entries{organisation="st-mary"}',
      'holdfast_http_requests_total',
      'process_resident_memory_bytes',
    ])
      expect(text).toContain(name);
    expect(text).not.toContain(patient.at('st-mary'));
  });

  test('/openapi.json is OpenAPI 3.1 and names the routes', async () => {
    const { json } = await node.send('/openapi.json');
    expect(json.openapi).toMatch(/^3\.1/);
    const paths = Object.keys(json.paths).map((path) => path.replaceAll(/\{[^}]+\}/g, '{}'));
    const expected = [
      '/policy',
      '/ready',
      '/orgs/{}/consents',
      '/orgs/{}/log/checkpoint',
      '/orgs/{}/auth/token',
      '/ledger/transactions/{}',
    ];
    expect(paths).toEqual(expect.arrayContaining(expected));
  });

  test('/ is the portal, with headers that let nothing else in', async () => {
    const { status, headers, text } = await node.send('/');
    expect(status).toBe(200);
    expect(text).toContain('<html');
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  test.each([
    '/nonsense',
    '/orgs',
    '/orgs/nobody/fhir/Patient',
    '/orgs/nobody/log/checkpoint',
    '/orgs/st-mary/nonsense',
    '/.env',
  ])('%s is 404 with problem details', async (path) => {
    const answer = await node.send(path);
    expect(answer.status).toBe(404);
    expect(answer.json.code).toBe('not-found');
  });
});

describe('the explorer', () => {
  test('blocks chain from genesis, one by one and by range', async () => {
    const { height } = (await node.send('/ledger/blocks')).json;
    expect(height).toBeGreaterThan(0);
    const blocks = (await node.send('/ledger/blocks?from=0&limit=50')).json.blocks;
    expect(blocks[0]).toMatchObject({ height: 0, previous: '0'.repeat(64) });
    for (const [index, block] of blocks.entries()) {
      expect(block.height).toBe(index);
      if (index > 0) expect(block.previous).toBe(blocks[index - 1].hash);
    }
    expect((await node.send('/ledger/blocks/0')).json.hash).toBe(blocks[0].hash);
  });

  test.each([
    '/ledger/blocks?from=-1',
    '/ledger/blocks?limit=0',
    '/ledger/blocks?limit=100000',
    '/ledger/blocks/x',
  ])('%s is 400', async (path) => {
    const answer = await node.send(path);
    expect([answer.status, answer.json.code]).toEqual([400, 'malformed']);
  });

  test('what is not there is 404', async () => {
    expect((await node.send('/ledger/blocks/999999999')).status).toBe(404);
    expect((await node.send(`/ledger/transactions/${'0'.repeat(32)}`)).status).toBe(404);
    expect((await node.send('/ledger/transactions/nonsense')).status).toBe(404);
  });

  test('evidence of a grant verifies offline, says what was agreed, and fails when altered', async () => {
    const grant = patient.device.grant({
      patient: patient.at('st-mary'),
      custodian: 'st-mary',
      grantee: 'lakeside',
    });
    const answer = await patient.device.send(grant, node.organisation('st-mary'));
    expect(answer.status, answer.text).toBe(201);
    const { transaction, height } = answer.json;
    const evidence = await until('evidence', async () => {
      const tried = await node.send(`/ledger/transactions/${transaction}`);
      return tried.status === 200 ? tried : undefined;
    });
    const policies = [await networkPolicy(node.port)];
    const verdict = verifyLedgerEvidence(evidence.text, policies, nativePrimitives);
    expect(verdict).toMatchObject({ ok: true, height });
    const block = (await node.send(`/ledger/blocks/${height}`)).json;
    const written = block.transactions.find(({ id }: { id: string }) => id === transaction);
    expect(verdict.ok && verdict.digest).toBe(
      transactionDigest(written.contract, written.name, written.args),
    );
    expect(written.args.id).toBe(grant.id);
    const altered = { ...evidence.json, block: { ...evidence.json.block, previous: '1'.repeat(64) } };
    expect(verifyLedgerEvidence(altered, policies, nativePrimitives).ok).toBe(false);
    await patient.device.revoke(grant, node.organisation('st-mary'));
  });

  test('nothing on the ledger says who a patient is or what they agreed to', async () => {
    const { json } = await node.organisation('st-mary').fhir('GET', `Patient/${patient.at('st-mary')}`);
    const { height } = (await node.send('/ledger/blocks')).json;
    const texts = [];
    for (let from = 0; from <= height; from += 200)
      texts.push((await node.send(`/ledger/blocks?from=${from}&limit=200`)).text);
    const ledger = texts.join('\n');
    const secrets = [
      json.name[0].family,
      json.name[0].given[0],
      json.birthDate,
      json.identifier[0].value,
      json.id,
      'TREAT',
    ];
    for (const secret of secrets) expect([secret, ledger.includes(`"${secret}"`)]).toEqual([secret, false]);
    expect(ledger).not.toContain(patient.device.enrolledKey('st-mary'));
  });
});
