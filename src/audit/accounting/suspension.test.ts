import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../database/index.ts';
import { accessEvent, auditMigrations, RecordStore, type Suspension, Suspensions } from '../index.ts';
import { lakeside } from '../suite/desk.ts';

/** More than are listed. */
const MANY = 10_001;
/** Each row is a transaction of its own. */
const WRITE_MS = 60_000;
const now = new Date('2026-06-01T00:00:00.000Z');

const suspension = (id: string, more: Partial<Suspension> = {}): Suspension => ({
  id,
  patient: 'p1',
  recipient: 'lakeside',
  authority: 'law-enforcement',
  statement: 'written',
  official: 'Sgt. Marlow',
  reason: 'an investigation under way',
  from: '2026-05-01T00:00:00.000Z',
  until: '2027-05-01T00:00:00.000Z',
  recordedBy: 'officer-1',
  ...more,
});

let database: Database;
let store: RecordStore;
beforeAll(() => {
  database = openDatabase({ path: ':memory:', migrations: auditMigrations });
  store = new RecordStore(database, Buffer.alloc(32, 5));
});
afterAll(() => database.close());

const { text, id } = accessEvent({
  organisation: 'st-mary',
  time: now,
  requestId: 'r-1',
  principal: lakeside,
  action: 'R',
  subtype: 'network-everything',
  status: 200,
  patients: ['p1'],
  objects: ['Observation/a/_history/1'],
  consents: [],
});
const released = {
  type: 'AuditEvent',
  id,
  version: 1,
  lastUpdated: now.toISOString(),
  text,
  patients: ['p1'],
  facts: { type: 'AuditEvent' },
  recorded: true,
} as never;

test(
  'a suspension stands however many were recorded and ended after it, also after a restart',
  () => {
    const standing = suspension('standing');
    new Suspensions(store, () => now).add(standing);
    const ended = { until: '2026-05-02T00:00:00.000Z' };
    for (let n = 0; n < MANY; n += 1)
      store.put('suspension', `ended-${n}`, suspension(`ended-${n}`, ended), 'p1');
    const suspensions = new Suspensions(store, () => now);
    expect(suspensions.hides(released)).toBe(true);
    suspensions.lift('standing');
    expect(suspensions.hides(released)).toBe(false);
    expect(new Suspensions(store, () => now).hides(released)).toBe(false);
  },
  WRITE_MS,
);

test('one ends by itself at its time, and hides until then', () => {
  const own = openDatabase({ path: ':memory:', migrations: auditMigrations });
  let at = now;
  const suspensions = new Suspensions(new RecordStore(own, Buffer.alloc(32, 6)), () => at);
  const until = new Date('2026-06-02T00:00:00.000Z');
  suspensions.add(suspension('short', { until: until.toISOString() }));
  expect(suspensions.hides(released)).toBe(true);
  at = new Date(until.getTime() - 1);
  expect(suspensions.hides(released)).toBe(true);
  at = until;
  expect(suspensions.hides(released)).toBe(false);
  own.close();
});

test('no more stand at once than are held, and one that ends makes room', () => {
  const suspensions = new Suspensions(store, () => now, { maxStanding: 2 });
  suspensions.add(suspension('a'));
  suspensions.add(suspension('b'));
  expect(() => suspensions.add(suspension('c'))).toThrow(expect.objectContaining({ code: 'too-large' }));
  suspensions.lift('a');
  suspensions.add(suspension('c'));
  expect(suspensions.hides(released)).toBe(true);
});
