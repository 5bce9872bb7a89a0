import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../harness/http.ts';
import type { Organisation } from '../harness/organisation.ts';
import { ENGINE, type RunningNode, startNode } from '../harness/running-node.ts';
import { askStream } from './ask-stream.ts';
import type { Probe, Row } from './row.ts';
import { processRoutes, rows } from './rows.ts';
import { askers, makeTargets, type Target, type Targets } from './target.ts';

/** A node that starts, and a patient with everything that a route may name, on a busy machine. */
const SETUP_TIMEOUT_MS = 240_000;
/** Some rows are a hundred requests. */
const ROW_TIMEOUT_MS = 120_000;

let node: RunningNode;
let hospital: Organisation;
let targets: Targets;
beforeAll(async () => {
  // One of its own, where what it wrote is heard.
  node = await startNode({ patients: 2, own: ENGINE === 'embedded' });
  hospital = node.organisation('st-mary');
  targets = await makeTargets(hospital);
}, SETUP_TIMEOUT_MS);
afterAll(() => node?.stop());

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];
/** Headers that could differ by what is there. */
const TELLING = [
  'etag',
  'last-modified',
  'location',
  'content-type',
  'retry-after',
  'www-authenticate',
  'link',
];

test('every route that is served has a row', async () => {
  const { paths } = (await node.send('/openapi.json')).json as { paths: Record<string, object> };
  const served = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const known = new Set([...rows.map(({ route }) => route.replace(' ', ' /orgs/{org}')), ...processRoutes]);
  expect(served.filter((route) => !known.has(route))).toEqual([]);
  expect([...known].filter((route) => !served.includes(route))).toEqual([]);
  // What `/openapi.json` does not describe, the node complains of by itself.
  expect(node.output()).not.toContain('a route is missing in /openapi.json');
});

async function ask(row: Row, probe: Probe, asker: string, target: Target): Promise<Answer> {
  const [method = 'GET'] = row.route.split(' ');
  const as = askers[asker]?.(targets) ?? null;
  if (probe.isStream === true)
    return askStream(hospital, probe.path(target), as, target === targets.present ? target : undefined);
  const body = probe.body?.(target);
  const form = typeof body === 'string' ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
  const path = probe.path(target).replaceAll('|', '%7C');
  return hospital.call(method, path, {
    ...(as === null ? { token: null } : { as }),
    ...(body === undefined ? {} : { body }),
    headers: { ...form, ...probe.headers?.(target) },
  });
}

/** The answer without what differs from request to request: names of the target, times, ids of the request. */
function told({ status, headers, text }: Answer, target: Target): object {
  let plain = text;
  // The longest first: a short one may be a part of it.
  const values = Object.entries(target).sort(([, a], [, b]) => b.length - a.length);
  for (const [name, value] of values) plain = plain.replaceAll(value, `<${name}>`);
  plain = plain
    .replace(/^id: \S+$/gm, 'id: <position>')
    .replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, '<time>')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}/g, '<id>');
  const telling = Object.fromEntries(
    TELLING.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  );
  return { status, headers: telling, body: plain };
}

/** What stands nowhere but in the patient's data. */
const secretsOf = ({ family, identifier }: Target) => [family, identifier, 'hushed', targets.present.patient];

describe('deny means silence', () => {
  test.each(rows.map((row) => [row.route, row] as const))(
    '%s',
    async (_route, row) => {
      for (const probe of row.probes) {
        for (const asker of row.askers) {
          const where = `${probe.what}, by ${asker}`;
          const answer = await ask(row, probe, asker, targets.present);
          if (row.expectation !== 'as-absent') {
            const leaked = secretsOf(targets.present).filter((secret) => answer.text.includes(secret));
            expect([where, leaked]).toEqual([where, []]);
            continue;
          }
          const absent = await ask(row, probe, asker, targets.absent);
          expect([where, told(answer, targets.present)]).toEqual([where, told(absent, targets.absent)]);
          // What was asked for may be named again, in the link of a search; of the rest nothing is said.
          const said = JSON.stringify(told(answer, targets.present));
          expect([where, said.includes('hushed')]).toEqual([where, false]);
        }
      }
    },
    ROW_TIMEOUT_MS,
  );

  test('after all of it the patient is there, whole, and who may see it does', async () => {
    const { patient, observation } = targets.present;
    const own = { as: { user: `Patient/${patient}`, scope: 'patient/*.rs', purpose: 'PATRQT' } };
    const read = await hospital.fhir('GET', `Observation/${observation}`, own);
    expect(read.status, read.text).toBe(200);
    expect(read.json.meta.versionId).toBe('1');
    expect((await hospital.fhir('GET', `Patient/${patient}`, own)).json.meta.versionId).toBe('1');
  });
});
