import { afterEach, expect, test } from 'vitest';
import { parseConfiguration } from '../configuration.ts';
import { createNodeLog } from '../node-log.ts';
import { serveMetrics } from './metrics.ts';
import { createServer } from './server.ts';

const TOKEN = 'a-token-for-metrics';
const KEY = '/orgs/st-mary/patients/:patient/key';
const AUTHORIZE = '/orgs/st-mary/auth/authorize';
const CALLBACK = '/orgs/st-mary/auth/outside/callback';
/** Above the limit of one address in a minute. */
const MANY = 601;

const open: { close: () => Promise<unknown> }[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

async function serving(trustProxy: unknown) {
  const settings = { organisations: [{ id: 'st-mary', name: 'St Mary' }], trustProxy, log: 'silent' };
  const configuration = parseConfiguration(settings, '/nowhere', {});
  const app = await createServer(configuration, createNodeLog('silent'));
  const source = {
    height: () => 1,
    ageSeconds: () => 1,
    certificates: () => [],
    lag: async () => undefined,
    organisations: [],
  };
  serveMetrics(app, source, TOKEN);
  for (const route of [KEY, AUTHORIZE, CALLBACK]) app.get(route, async () => 'ok');
  app.get('/who', async (request) => request.ip);
  open.push(app);
  return app;
}

test.each([true, ['10.0.0.0/8'], false])(
  'with trustProxy %j, what a client says of its own address is not believed',
  async (trustProxy) => {
    const app = await serving(trustProxy);
    const headers = { 'x-forwarded-for': '127.0.0.1' };
    const from = (remoteAddress: string, more = {}) =>
      app.inject({ url: '/who', remoteAddress, headers: { ...headers, ...more } });
    expect((await from('203.0.113.9')).body).toBe('203.0.113.9');
    const metrics = await app.inject({ url: '/metrics', remoteAddress: '203.0.113.9', headers });
    expect(metrics.statusCode).toBe(403);
  },
);

test('metrics are for this machine itself or the token, not for whom a proxy on it asks', async () => {
  const app = await serving(false);
  const ask = (remoteAddress: string, headers = {}) =>
    app.inject({ url: '/metrics', remoteAddress, headers });
  expect((await ask('127.0.0.1')).statusCode).toBe(200);
  for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'])
    expect([name, (await ask('127.0.0.1', { [name]: '127.0.0.1' })).statusCode]).toEqual([name, 403]);
  expect((await ask('203.0.113.9', { authorization: `Bearer ${TOKEN}` })).statusCode).toBe(200);
  expect((await ask('203.0.113.9', { authorization: `Bearer ${TOKEN}x` })).statusCode).toBe(403);
});

test('a proxy is trusted by its address', async () => {
  const headers = { 'x-forwarded-for': '198.51.100.7' };
  for (const [trustProxy, remoteAddress] of [
    [['10.0.0.0/8'], '10.1.2.3'],
    [true, '127.0.0.1'],
  ] as const) {
    const app = await serving(trustProxy);
    expect((await app.inject({ url: '/who', remoteAddress, headers })).body).toBe('198.51.100.7');
  }
  for (const wrong of ['10.0.0.0/8', ['everywhere'], 1, []])
    await expect(serving(wrong)).rejects.toThrow(/trustProxy/);
});

test.each([
  '/orgs/st-mary/patients/p/key?x=1',
  '/orgs/st-mary/patients/p/%6bey',
  `${AUTHORIZE}?x=1`,
  `${CALLBACK}?x=1`,
])('the limit on what is guessed at counts by the route: %s', async (url) => {
  const app = await serving(false);
  let status = 0;
  for (let at = 0; at < MANY; at++) {
    // Each is another text, and the same route.
    const asked = url.replace('x=1', `x=${at}`).replace('/p/', `/p${at}/`);
    status = (await app.inject({ url: asked, remoteAddress: '203.0.113.9' })).statusCode;
  }
  expect(status).toBe(429);
});
