import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VaultError } from '../vault/index.ts';
import { basic, FhirNode, patient, type Received, type Sending } from './suite/index.ts';

let node: FhirNode;
beforeAll(async () => {
  node = await FhirNode.start();
  await node.put(patient('anna'));
});
afterAll(() => node?.stop());

/** A refusal: status, OperationOutcome with a stable code, and exactly one AuditEvent that names nobody. */
async function expectRefusal(
  method: string,
  path: string,
  sending: Sending,
  status: number,
  code: string,
): Promise<Received> {
  const { result, events } = await node.audited(() => node.send(method, path, sending));
  expect(result.status, result.text).toBe(status);
  expect(result.headers.get('content-type')).toContain('application/fhir+json');
  expect(result.json.resourceType).toBe('OperationOutcome');
  expect(result.json.issue[0].details.coding[0].code).toBe(code);
  expect(events.map(({ outcome, outcomeDesc }) => [outcome, outcomeDesc])).toEqual([['4', code]]);
  expect(JSON.stringify(events)).not.toContain('Patient/');
  return result;
}

/** Bytes as they are, and what comes back until the server closes or 2 s are over. */
function raw(text: string): Promise<string> {
  const { host, port } = node.address;
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, host, () => socket.write(text));
    let received = '';
    socket.setTimeout(2_000, () => socket.destroy());
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}

describe('who does not say who they are', () => {
  test('is refused before anything of the body is read', async () => {
    const head =
      'POST /orgs/st-mary/fhir/Patient HTTP/1.1\r\nhost: x\r\ncontent-type: application/fhir+json\r\n' +
      `content-length: ${40 * 1024 * 1024}\r\n\r\n{`;
    const { result, events } = await node.audited(() => raw(head));
    expect(result).toMatch(/^HTTP\/1\.1 401 /);
    expect(result.toLowerCase()).toContain('connection: close');
    expect(result).toContain('"token-missing"');
    expect(events).toHaveLength(1);
  });

  test.each([
    ['GET', 'Patient/anna'],
    ['GET', 'Patient/nobody'],
    ['GET', 'Nonsense/1'],
    ['GET', 'Patient/anna?_format=xml'],
    ['DELETE', 'Patient/anna'],
    ['OPTIONS', 'Patient/anna'],
    ['POST', 'metadata'],
    ['GET', 'metadata/x'],
  ])('%s %s tells nothing but that a token is needed', async (method, path) => {
    const answer = await expectRefusal(method, path, { as: null }, 401, 'token-missing');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  test('a token that is none is told so', async () => {
    const headers = { authorization: 'Bearer a.b.c' };
    const answer = await expectRefusal('GET', 'Patient/anna', { as: null, headers }, 401, 'token-issuer');
    expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
  });

  test('may read what the server can do, which leaves no entry', async () => {
    const { result, events } = await node.audited(() => node.send('GET', 'metadata', { as: null }));
    expect([result.status, events.length]).toEqual([200, 0]);
    expect(result.json.resourceType).toBe('CapabilityStatement');
    const xml = await node.send('GET', 'metadata?_format=xml', { as: null });
    expect([xml.status, xml.json.issue[0].details.coding[0].code]).toEqual([406, 'not-acceptable']);
  });
});

describe('what is not JSON is refused', () => {
  const body = JSON.stringify(basic('x'));
  test.each<[string, Record<string, string>, number, string]>([
    ['XML', { 'content-type': 'application/fhir+xml' }, 415, 'unsupported-media-type'],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported-media-type'],
    ['no media type', { 'content-type': 'nonsense' }, 415, 'unsupported-media-type'],
    [
      'another charset',
      { 'content-type': 'application/json; charset=latin1' },
      415,
      'unsupported-media-type',
    ],
    ['compressed', { 'content-encoding': 'gzip' }, 415, 'unsupported-media-type'],
    ['an answer in XML', { accept: 'application/fhir+xml' }, 406, 'not-acceptable'],
    ['an answer in lines', { accept: 'application/fhir+ndjson' }, 406, 'not-acceptable'],
    ['no JSON at all', { accept: 'application/json;q=0' }, 406, 'not-acceptable'],
  ])('%s', async (_what, headers, status, code) => {
    await expectRefusal('POST', 'Basic', { body, headers }, status, code);
  });

  test('bytes that are no UTF-8', async () => {
    const [at, port] = [node.address.host, node.address.port];
    const response = await fetch(`http://${at}:${port}/orgs/st-mary/fhir/Basic`, {
      method: 'POST',
      headers: { authorization: await node.bearer(), 'content-type': 'application/fhir+json' },
      body: Buffer.from('{"resourceType":"Basic","code":{"text":"M\xfcller"}}', 'latin1'),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('"not-json"');
  });

  test.each(['application/json', 'application/fhir+json; charset=UTF-8', 'text/json'])(
    '%s is JSON',
    async (type) => {
      const { status } = await node.send('POST', 'Basic', { body, headers: { 'content-type': type } });
      expect(status).toBe(201);
    },
  );

  test.each(['*/*', 'text/html, */*;q=0.1', 'application/fhir+json; fhirVersion=4.0', ''])(
    'Accept: %s takes JSON',
    async (accept) => {
      expect((await node.send('GET', 'Patient/anna', { headers: { accept } })).status).toBe(200);
    },
  );
});

describe('hostile paths, queries and bodies are refused with a reason, and never become a fault', () => {
  test.each<[string, string, string, number, string]>([
    ['a NUL in an id', 'GET', 'Patient/an%00na', 404, 'not-found'],
    ['a slash in an id', 'GET', 'Patient/..%2Fanna', 404, 'not-found'],
    ['a query that is no UTF-8', 'GET', 'Patient?name=%ff', 400, 'invalid'],
    ['a query that is cut', 'GET', 'Patient?name=%4', 400, 'invalid'],
    ['a path that is too deep', 'GET', 'Patient/anna/_history/1/$receipt/x', 404, 'not-found'],
    ['__proto__ as a parameter', 'GET', 'Patient?__proto__=1', 400, 'search-unsupported'],
    ['constructor as a chain', 'GET', 'Patient?constructor.prototype=1', 400, 'search-unsupported'],
    ['__proto__ as a type', 'GET', '__proto__/1', 404, 'unknown-type'],
    ['an operation that is none', 'GET', 'Patient/$nonsense', 404, 'unknown-operation'],
    ['criteria beyond every limit', 'GET', `Patient?name=${'a'.repeat(9_000)}`, 413, 'too-large'],
    [
      'a parameter given twice that says one thing',
      'GET',
      'Patient?_format=json&_format=json',
      400,
      'search-invalid',
    ],
    ['a method that is none of FHIR', 'PATCH', 'Patient/anna', 405, 'method-not-allowed'],
    ['a search by PUT', 'PUT', 'Patient/_search', 405, 'method-not-allowed'],
    ['history of everything', 'GET', '_history', 405, 'method-not-allowed'],
    ['a cursor that was made up', 'GET', 'Patient/anna/$everything?_cursor=WzFd', 400, 'search-unsupported'],
    ['a page that was made up', 'GET', '?_page=AAAA', 410, 'page-expired'],
    ['an unknown parameter of a read', 'GET', 'Patient/anna?cache=1', 400, 'search-unsupported'],
  ])('%s', async (_what, method, path, status, code) => {
    await expectRefusal(method, path, {}, status, code);
    expect(node.faults).toEqual([]);
  });

  const nested = (depth: number) => `${'{"a":['.repeat(depth)}1${']}'.repeat(depth)}`;
  test.each<[string, string, number, string]>([
    ['text that ends early', '{"resourceType":"Basic"', 400, 'not-json'],
    ['nothing', '', 400, 'not-json'],
    ['a list', '[]', 400, 'invalid'],
    ['a name twice', '{"resourceType":"Basic","resourceType":"Patient"}', 400, 'invalid'],
    ['nesting without end', nested(5_000), 413, 'too-large'],
    [
      '__proto__ as an element',
      '{"resourceType":"Basic","code":{"text":"x"},"__proto__":{"id":"1"}}',
      422,
      'unknown-element',
    ],
    ['a lone surrogate', '{"resourceType":"Basic","code":{"text":"\\ud800"}}', 400, 'not-json'],
    ['no type', '{"code":{"text":"x"}}', 400, 'invalid'],
  ])('%s as a body', async (_what, body, status, code) => {
    const { result, events } = await node.audited(() => node.send('POST', 'Basic', { body }));
    expect(result.status, result.text).toBe(status);
    expect(events).toHaveLength(1);
    if (code !== 'unknown-element') expect(result.json.issue[0].details.coding[0].code).toBe(code);
    expect(node.faults).toEqual([]);
  });

  test('a body larger than its path takes', async () => {
    const body = JSON.stringify(basic('x'.repeat(6 * 1024 * 1024)));
    await expectRefusal('POST', 'Basic', { body }, 413, 'too-large');
    const entry = [{ fullUrl: 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a', resource: basic('x') }];
    const bundle = { resourceType: 'Bundle', type: 'collection', entry };
    const large = { ...bundle, id: undefined, language: 'en', entry, signature: undefined };
    const padded = `${' '.repeat(6 * 1024 * 1024)}${JSON.stringify(large)}`;
    expect((await node.send('POST', 'Bundle', { body: padded })).status).toBe(201);
  });

  test('the base spelled in another way leads nowhere', async () => {
    const { host, port } = node.address;
    const headers = { authorization: await node.bearer() };
    const response = await fetch(`http://${host}:${port}/orgs/st-mary/%66hir/Patient/anna`, { headers });
    expect(response.status).toBe(404);
  });
});

test('an organisation may be called fhir', async () => {
  const other = await FhirNode.start({ organisation: 'fhir-lab' });
  try {
    await other.put(patient('bert'));
    expect((await other.send('GET', 'Patient/bert')).status).toBe(200);
  } finally {
    await other.stop();
  }
});

test('HEAD answers as GET does, without the content', async () => {
  const get = await node.send('GET', 'Patient/anna');
  const { result, events } = await node.audited(() => node.send('HEAD', 'Patient/anna'));
  expect([result.status, result.text]).toEqual([200, '']);
  expect(result.headers.get('etag')).toBe(get.headers.get('etag'));
  expect(result.headers.get('content-length')).toBe(get.headers.get('content-length'));
  expect(events).toHaveLength(1);
  expect((await node.send('HEAD', 'Patient/nobody')).status).toBe(404);
  expect((await node.send('HEAD', 'Patient')).status).toBe(200);
});

test('what cannot be recorded is not answered', async () => {
  const { vault } = node.services;
  const commit = vault.commit.bind(vault);
  vault.commit = () => Promise.reject(new VaultError('full', 'There is no room.'));
  try {
    const { status, text } = await node.send('GET', 'Patient/anna');
    expect([status, text.includes('"storage-full"'), text.includes('anna')]).toEqual([507, true, false]);
  } finally {
    vault.commit = commit;
  }
});
