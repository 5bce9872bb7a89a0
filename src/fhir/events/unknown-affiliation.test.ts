import { beforeEach, describe, expect, test } from 'vitest';
import { eventSuite } from '../suite/event-suite.ts';
import { type EventWatch, RESEARCH, RESEARCHER } from '../suite/event-watch.ts';
import type { FhirNode } from '../suite/fhir-node.ts';
import { patient } from '../suite/resource.ts';

const TEAM = 'CareTeam/team';
const IRCP = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }],
};
const ofTeam = (type: string) => ({
  ...RESEARCH,
  type,
  actor: [{ role: IRCP, reference: { reference: TEAM } }],
});

let node: FhirNode;
let watch: EventWatch;
eventSuite((parts) => {
  ({ node, watch } = parts);
}, RESEARCH);
beforeEach(async () => {
  node.consent('p1', ofTeam('permit'));
  await putTeam('Practitioner/r');
});

/** Each time another content: what is equal to the newest version is not written. */
let times = 0;
const putTeam = (reference: string) => {
  times += 1;
  return node.put({
    resourceType: 'CareTeam',
    id: 'team',
    name: `Team as of change ${times}`,
    status: 'active',
    subject: { reference: 'Patient/p1' },
    participant: [{ member: { reference } }],
  });
};

/** The team is written, and who belongs to it is not known until `release` is called. */
function rewritten(member = 'Practitioner/r') {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: reading, resolve } = Promise.withResolvers<void>();
  node.affiliationRead.work = (reference) => {
    if (reference !== TEAM) return undefined;
    resolve();
    return released;
  };
  return { release, reading, written: putTeam(member) };
}

/** Resolves once a stream looked at what there is, and had a heartbeat after it. */
async function looked(reader: Awaited<ReturnType<EventWatch['open']>>) {
  const { beats } = reader;
  await reader.until('heartbeats', () => reader.beats > beats + 1);
}

describe('while it is not known who belongs to a team that a consent names', () => {
  test('what its members may read waits, in its place', async () => {
    const reader = await watch.open('?type=Observation', RESEARCHER);
    const { release, reading, written } = rewritten();
    await reading;
    const told = [await watch.observe('p1'), await watch.observe('p2')];
    await looked(reader);
    expect(reader.told).toEqual([]);
    release();
    await written;
    await reader.untilTold(2);
    expect(reader.told).toEqual(told);
  });

  test('what was about to be told waits, and is told when it is known', async () => {
    const reader = await watch.open('?type=Observation', RESEARCHER);
    let team: ReturnType<typeof rewritten> | undefined;
    node.meanwhile.work = async () => {
      team = rewritten();
      await team.reading;
    };
    const told = [await watch.observe('p1')];
    await expect.poll(() => team).toBeDefined();
    told.push(await watch.observe('p2'));
    await looked(reader);
    expect(reader.told).toEqual([]);
    team?.release();
    await team?.written;
    await reader.untilTold(2);
    expect(reader.told).toEqual(told);
  });

  test('nothing waits for who is found to be no member: it is never told', async () => {
    const reader = await watch.open('?type=Observation', RESEARCHER);
    const { release, reading, written } = rewritten('Practitioner/another');
    await reading;
    await watch.observe('p1');
    const last = await watch.observe('p2');
    await looked(reader);
    release();
    await written;
    await reader.untilTold(1);
    expect(reader.told).toEqual([last]);
  });

  test('who comes again with the position of a heartbeat is told what waited', async () => {
    const reader = await watch.open('?type=Observation', RESEARCHER);
    const { release, reading, written } = rewritten();
    await reading;
    const held = await watch.observe('p1');
    await looked(reader);
    const { lastId } = reader;
    reader.close();
    release();
    await written;
    const again = await watch.open('?type=Observation', RESEARCHER, { 'last-event-id': lastId });
    await again.untilTold(1);
    expect(again.told).toEqual([held]);
  });
});

test('what a representative may read waits, too, when their right is read anew while it is judged', async () => {
  const AGENT = 'RelatedPerson/agent';
  const right = (name: string) => ({
    resourceType: 'RelatedPerson',
    id: 'agent',
    name: [{ text: name }],
    patient: { reference: 'Patient/p3' },
    relationship: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'HPOWATT' }] },
    ],
  });
  await node.put(patient('p3', { birthDate: '1980-01-01' }));
  await node.put(right('Before'));
  const asAgent = { sub: AGENT, fhirUser: AGENT, patient: 'p3', scope: 'patient/*.rs' };
  const reader = await watch.open('?type=Observation', asAgent);
  const told = [await watch.observe('p3')];
  await reader.untilTold(1);
  const released = Promise.withResolvers<void>();
  const judged = Promise.withResolvers<void>();
  let written: Promise<void> | undefined;
  node.events.look = async () => {
    node.events.look = undefined;
    const reading = Promise.withResolvers<void>();
    node.affiliationRead.work = (reference) => {
      if (reference !== AGENT) return undefined;
      reading.resolve();
      return released.promise;
    };
    written = node.put(right('After'));
    await reading.promise;
    // Asked for whatever is judged for one patient.
    node.suspended.has = () => {
      judged.resolve();
      return false;
    };
    return undefined;
  };
  told.push(await watch.observe('p3'));
  await judged.promise;
  released.resolve();
  await written;
  await reader.untilTold(2);
  expect(reader.told).toEqual(told);
  node.suspended.has = Set.prototype.has;
});

test('a team that cannot be read holds a stream for a while, once, and then denies', async () => {
  node.events.times.unknownMs = 400;
  node.affiliationRead.work = (reference) =>
    reference === TEAM ? Promise.reject(new Error('damaged')) : undefined;
  await putTeam('Practitioner/r');
  const reader = await watch.open('?type=Observation', RESEARCHER);
  await watch.observe('p1');
  const startedMs = performance.now();
  const told = [await watch.observe('p2')];
  await reader.untilTold(1);
  const firstMs = performance.now() - startedMs;
  for (let n = 0; n < 10; n += 1) {
    told.push(await watch.observe('p2'));
    await reader.untilTold(told.length);
  }
  const othersMs = performance.now() - startedMs - firstMs;
  expect(reader.told).toEqual(told);
  expect(firstMs).toBeGreaterThan(200);
  // Ten times the wait would be four seconds.
  expect(othersMs).toBeLessThan(3_000);
  expect(node.faults.splice(0).map(String)).toEqual(['Error: damaged']);
  // Waited for anew once it was known again.
  node.affiliationRead.work = undefined;
  await putTeam('Practitioner/r');
  const known = await watch.observe('p1');
  await reader.untilTold(told.length + 1);
  expect(reader.told.at(-1)).toBe(known);
  node.events.times.unknownMs = 60_000;
  const { release, reading, written } = rewritten();
  await reading;
  const held = await watch.observe('p1');
  await looked(reader);
  expect(reader.told).not.toContain(held);
  release();
  await written;
  await reader.untilTold(told.length + 2);
});
