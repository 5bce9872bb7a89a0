import { afterAll, beforeAll, expect, test } from 'vitest';
import { ENGINE, type RunningNode, startNode } from './harness/running-node.ts';

interface Described {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}

let node: RunningNode;
let document: Document;
beforeAll(async () => {
  // One of its own, where what it wrote is heard.
  node = await startNode({ own: ENGINE === 'embedded' });
  document = (await node.send('/openapi.json')).json;
});
afterAll(() => node?.stop());

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/** A path with something plausible for each of its parameters. */
const example = (path: string): string =>
  path
    .replace('{org}', 'st-mary')
    .replace('{type}', 'Basic')
    .replace('{owner}', 'lakeside')
    .replace('{level}', '0')
    .replace('{index}', '999')
    .replace('{version}', '1')
    .replace('{height}', '0')
    .replace('{route}', 'record')
    .replace(/\{\w+\}/g, 'f'.repeat(32));

test('no route is served that the document says nothing about', () => {
  expect(node.output()).not.toContain('a route is missing in /openapi.json');
});

test('every described operation is served, and refuses a stranger with a status that is described', async () => {
  const surprises: string[] = [];
  let asked = 0;
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS.filter((each) => each in item)) {
      asked += 1;
      const sends = method !== 'get' && method !== 'delete';
      const answer = await node.send(example(path), {
        method: method.toUpperCase(),
        ...(sends ? { headers: { 'content-type': 'application/json' }, body: '{}' } : {}),
      });
      const described = item[method]!.responses[String(answer.status)];
      const nowhere = answer.text.includes('There is no such path.');
      const type = String(answer.headers['content-type'] ?? '').split(';')[0]!;
      const typeDescribed = described?.content === undefined || type in described.content;
      if (described === undefined || nowhere || !typeDescribed)
        surprises.push(`${method} ${path}: ${answer.status} ${type} ${answer.text.slice(0, 120)}`);
    }
  }
  expect(asked).toBeGreaterThan(50);
  expect(surprises).toEqual([]);
});
