import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from './harness/checkout.ts';
import { holdfast } from './harness/command.ts';
import { patientAt, personas } from './harness/demo.ts';
import { send } from './harness/http.ts';
import { judge, networkPolicy, Organisation } from './harness/organisation.ts';
import { freePort, type RunningNode, startNode } from './harness/running-node.ts';

const running: RunningNode[] = [];
const start = async (options: Parameters<typeof startNode>[0]) => {
  const node = await startNode(options);
  running.push(node);
  return node;
};
const proxies: Server[] = [];
afterAll(async () => {
  for (const proxy of proxies) proxy.close();
  for (const node of running) if (node.running()) await node.stop();
});

describe('a graceful stop', () => {
  test('finishes what was asked, answers or closes, exits with 0, and everything acknowledged is there again', async () => {
    const data = temporaryFolder('stop');
    const node = await start({ data, patients: 2 });
    const hospital = node.organisation('st-mary');
    await hospital.token();
    const writes = Array.from({ length: 60 }, (_, n) =>
      hospital.fhir('POST', 'Basic', { body: { resourceType: 'Basic', code: { text: `n${n}` } } }).then(
        (answer) => answer,
        () => undefined,
      ),
    );
    await writes[0];
    const stopping = node.stop();
    const answers = (await Promise.all(writes)).filter((answer) => answer !== undefined);
    expect(await stopping).toBe(0);
    const acknowledged = answers.filter(({ status }) => status === 201).map(({ json }) => json.id);
    for (const { status } of answers) expect([201, 503]).toContain(status);
    expect(acknowledged.length).toBeGreaterThan(0);
    const again = await start({ data, patients: 2 });
    const after = again.organisation('st-mary');
    const policies = [await networkPolicy(again.port)];
    for (const id of acknowledged) expect((await after.fhir('GET', `Basic/${id}`)).status).toBe(200);
    const [first] = acknowledged;
    expect(judge(await after.receipt(`Basic/${first}`), policies)).toMatchObject({ ok: true });
    expect(await again.stop()).toBe(0);
    const checked = await holdfast(['fsck', '--data', data, '--json']);
    expect(checked.json, checked.stderr).toMatchObject({ ok: true });
  });

  test('a second start keeps the data, --reset renews it', async () => {
    const data = temporaryFolder('reset');
    const first = await start({ data, patients: 2 });
    const { id } = await first
      .organisation('st-mary')
      .create({ resourceType: 'Basic', code: { text: 'kept' } });
    const { id: ledger } = (await first.send('/.well-known/holdfast')).json.ledger;
    await first.stop();
    const second = await start({ data, patients: 2 });
    expect((await second.organisation('st-mary').fhir('GET', `Basic/${id}`)).status).toBe(200);
    expect((await second.send('/.well-known/holdfast')).json.ledger.id).toBe(ledger);
    await second.stop();
    const third = await start({ data, patients: 2, arguments: ['--reset'] });
    expect((await third.organisation('st-mary').fhir('GET', `Basic/${id}`)).status).toBe(404);
    expect((await third.send('/.well-known/holdfast')).json.ledger.id).not.toBe(ledger);
    await third.stop();
  });
});

describe('behind a reverse proxy', () => {
  test('every address is the public one, and the network works through it', async () => {
    const port = await freePort();
    const proxy = createServer((incoming, outgoing) => {
      const headers = {
        ...incoming.headers,
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'health.example',
      };
      const { method, url: path } = incoming;
      const passed = forward({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      passed.on('error', () => outgoing.writeHead(502).end());
      incoming.pipe(passed);
    });
    proxies.push(proxy);
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const at = (proxy.address() as AddressInfo).port;
    const publicUrl = `http://localhost:${at}`;
    const node = await start({ port, environment: { HOLDFAST_PUBLIC_URL: publicUrl } });
    expect(node.url).toBe(publicUrl);
    const through = (path: string) => send(at, path);
    for (const { fhir, auth, log } of (await through('/.well-known/holdfast')).json.organisations)
      for (const url of [fhir, auth, log]) expect(url.startsWith(`${publicUrl}/`)).toBe(true);
    const hospital = new Organisation(at, 'st-mary');
    expect((await hospital.send('/auth/.well-known/openid-configuration')).json.issuer).toBe(
      `${publicUrl}/orgs/st-mary/auth`,
    );
    const created = await hospital.fhir('POST', 'Basic', {
      body: { resourceType: 'Basic', code: { text: 'proxied' } },
    });
    expect(created.headers.location).toContain(`${publicUrl}/orgs/st-mary/fhir/Basic/`);
    const found = await hospital.fhir('GET', 'Patient?_count=1');
    const next = found.json.link.find((link: { relation: string }) => link.relation === 'next');
    if (next !== undefined) expect(next.url.startsWith(publicUrl)).toBe(true);
    expect((await personas(node)).length).toBeGreaterThan(0);
    const patient = await patientAt(node, 'st-mary', 'lakeside');
    const grant = patient.device.grant({
      patient: patient.at('st-mary'),
      custodian: 'st-mary',
      grantee: 'lakeside',
    });
    expect((await patient.device.send(grant, hospital)).status).toBe(201);
    const clinic = new Organisation(at, 'lakeside');
    let urls: string[] = [];
    while (urls.length === 0) {
      const { json } = await clinic.fhir('GET', `Patient/${patient.at('lakeside')}/$network-everything`);
      urls = json.entry.flatMap((entry: { fullUrl?: string }) =>
        entry.fullUrl?.includes('/st-mary/') ? [entry.fullUrl] : [],
      );
    }
    for (const url of urls) expect(url.startsWith(`${publicUrl}/orgs/st-mary/fhir/`)).toBe(true);
  });
});
