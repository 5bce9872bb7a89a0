import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { eventSettings } from './event-settings.ts';
import { EventWatch } from './event-watch.ts';
import { FhirNode } from './fhir-node.ts';
import { patient } from './resource.ts';

/** Patients of whom streams are asked. */
const PATIENTS = ['p1', 'p2'];

/** What the tests of a file share. */
export interface EventSuite {
  readonly node: FhirNode;
  readonly watch: EventWatch;
}

/**
 * One node with the patients p1 and p2 for all tests of a file, handed to `begin`. Before each both consent to what is given, and to nothing
 * without; after each no stream is open, what the test had set is as before, and there was no fault.
 */
export function eventSuite(begin: (suite: EventSuite) => void, ...provisions: object[]): void {
  let node: FhirNode;
  let watch: EventWatch;
  beforeAll(async () => {
    node = await FhirNode.start();
    watch = new EventWatch(node);
    for (const id of PATIENTS) await node.put(patient(id));
    begin({ node, watch });
  });
  afterAll(() => node?.stop());
  beforeEach(() => {
    for (const id of PATIENTS) node.consent(id, ...provisions);
  });
  afterEach(async () => {
    await watch.close();
    // Streams and times are held by the server itself.
    const { streams: _streams, times, ...others } = eventSettings();
    Object.assign(node.events.times, times);
    Object.assign(node.events, others);
    node.meanwhile.work = undefined;
    node.affiliationRead.work = undefined;
    node.revoked.clear();
    expect(node.faults.splice(0)).toEqual([]);
  });
}
