import { expect, test } from 'vitest';
import { parseConfiguration } from './configuration.ts';

const minimal = { organisations: [{ id: 'st-mary', name: 'St Mary' }] };
const parse = (value: unknown, environment: NodeJS.ProcessEnv = {}) =>
  parseConfiguration(value, 'data', environment);

test('a public address without TLS or a trusted proxy is refused', () => {
  expect(() => parse({ ...minimal, host: '0.0.0.0' })).toThrow(/only loopback/);
  expect(parse({ ...minimal, host: '0.0.0.0', trustProxy: true }).host).toBe('0.0.0.0');
});

test('demo mode binds loopback even behind a proxy', () => {
  expect(() => parse({ ...minimal, mode: 'demo', host: '0.0.0.0', trustProxy: true })).toThrow(/demo mode/);
});

test('every wrong setting is named by its path', () => {
  expect(() => parse({ ...minimal, port: 'x', organisations: [{ id: 'Bad Id', name: '' }] })).toThrow(
    /port: .*organisations\.0\.id: .*organisations\.0\.name: /,
  );
  expect(() => parse({ ...minimal, prot: 1 })).toThrow(/Unrecognized key/);
});

test('the environment comes before the file', () => {
  expect(parse({ ...minimal, port: 1 }, { HOLDFAST_PORT: '9000' }).port).toBe(9000);
  expect(() => parse(minimal, { HOLDFAST_PORT: 'nine' })).toThrow(/port/);
});

test('an organisation cannot be hosted twice', () => {
  expect(() => parse({ organisations: [minimal.organisations[0], minimal.organisations[0]] })).toThrow(
    /twice/,
  );
});

test('an organisation chooses among the policies there are, and its receiver of calls is asked for a key and a safe address', () => {
  const [organisation] = minimal.organisations;
  const of = (more: object) => parse({ organisations: [{ ...organisation, ...more }] }).organisations[0];
  expect(of({})).toMatchObject({ policy: 'us', breakGlass: {} });
  expect(of({ policy: 'consent-only' })?.policy).toBe('consent-only');
  expect(() => of({ policy: 'none' })).toThrow(/organisations\.0\.policy/);
  const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
  const webhook = { url: 'https://pager.example.org/', secret };
  expect(of({ breakGlass: { webhook } })?.breakGlass.webhook).toEqual(webhook);
  for (const wrong of [
    { url: 'http://pager.example.org/' },
    { secret: 'whsec_c2hvcnQ=' },
    { secret: 'word' },
  ])
    expect(() => of({ breakGlass: { webhook: { ...webhook, ...wrong } } })).toThrow(/breakGlass/);
});
