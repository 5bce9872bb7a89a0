import { afterAll, beforeAll, expect, test } from 'vitest';
import { VaultError } from '../../vault/index.ts';
import { accessEvent, Flagging, IDENTITY_GUESSED } from '../index.ts';
import { client, Desk } from '../suite/desk.ts';

const absent = { extension: [{ url: 'http://x.example/absent', valueString: 'unknown' }] };
let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
  const address = [{ line: [null, '12 Elm Street'], _line: [absent, null], city: 'Boston' }];
  const name = [{ family: 'Weber', given: [null, 'Eva'], _given: [absent, null] }];
  const nulls = { resourceType: 'Patient', id: 'nulls', name, address };
  await desk.node.store(nulls);
  await desk.node.store({ ...nulls, resourceType: 'Practitioner', id: 'doctor' });
  await desk.node.store({ ...nulls, id: 'plain' });
});
afterAll(() => desk.close());

const access = (patient: string, entry: number) => ({
  entry,
  audit: accessEvent({
    organisation: 'st-mary',
    time: new Date('2026-03-02T10:00:00.000Z'),
    requestId: 'r',
    principal: { ...client, kind: 'user', id: 'Practitioner/doctor', fhirUser: 'Practitioner/doctor' },
    action: 'R',
    subtype: 'read',
    status: 200,
    patients: [patient],
    objects: [`Patient/${patient}`],
    consents: [],
  }),
});
const flagged = () => new Set(desk.flagging.list({ limit: 50 }).records.map(({ patient }) => patient));

test('names and addresses with elements that have no value are compared by the others', async () => {
  await desk.flagging.look([access('nulls', 1)]);
  expect(desk.faults).toEqual([]);
  const rules = desk.flagging.list({ patient: 'nulls', limit: 50 }).records.map(({ rule }) => rule);
  expect(rules.toSorted()).toEqual(['neighbour', 'same-surname']);
});

test('that a member guesses who somebody is, is flagged once a day, by the member’s id', async () => {
  const guess = (entry: number) => ({
    entry,
    audit: accessEvent({
      organisation: 'st-mary',
      time: new Date('2026-03-02T10:00:00.000Z'),
      requestId: 'r',
      principal: { ...client, kind: 'member', actorOrganisation: 'lakeside', id: 'lakeside' },
      action: 'E',
      subtype: 'exchange-emergency',
      status: 403,
      detail: IDENTITY_GUESSED,
      patients: ['plain'],
      objects: [],
      consents: [],
    }),
  });
  await desk.flagging.look([guess(5), guess(6)]);
  const flags = desk.flagging.list({ patient: 'plain', limit: 50 }).records;
  expect(flags.filter(({ rule }) => rule === 'identity-guessed')).toMatchObject([
    { agent: 'lakeside', patient: 'plain', reason: expect.stringContaining('day of birth') },
  ]);
});

test('a record that cannot be looked at is reported, and stops the flags of nobody else', async () => {
  const damaged = new VaultError('damaged', 'Stored bytes are not what was stored.');
  const { vault } = desk.node;
  const faults: unknown[] = [];
  const read = (error: Error) => ({
    search: vault.search.bind(vault),
    read: (type: string, id: string) => {
      if (id === 'broken') throw error;
      return vault.read(type, id);
    },
  });
  const options = { now: () => desk.time, onFault: (error: unknown) => faults.push(error) };
  await new Flagging(read(damaged), desk.store, options).look([access('broken', 2), access('plain', 3)]);
  expect(faults).toEqual([damaged]);
  expect(flagged()).toContain('plain');
  // What passes makes the same accesses come again.
  const away = new VaultError('unavailable', 'The storage failed.');
  const looking = new Flagging(read(away), desk.store, options).look([access('broken', 4)]);
  await expect(looking).rejects.toBe(away);
});
