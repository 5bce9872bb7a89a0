import { expect, test } from 'vitest';
import type { BrokenGlass } from './broken-glass.ts';
import { OpenGlass } from './open-glass.ts';

const glass = (more: Partial<BrokenGlass> = {}): BrokenGlass => ({
  id: '0'.repeat(32),
  patient: 'p1',
  reason: 'medical-emergency',
  holder: 'Practitioner/7',
  opened: '2026-05-01T12:00:00.000Z',
  until: '2026-05-01T13:00:00.000Z',
  stale: false,
  status: 'to-review',
  events: [],
  ...more,
});

test('is open to its holder, for its patient, until its time and not a moment longer', () => {
  let now = new Date('2026-05-01T12:00:00.000Z');
  const open = new OpenGlass(() => now);
  open.add(glass());
  expect(open.find('Practitioner/7', 'p2')).toBeUndefined();
  expect(open.find('Practitioner/8', 'p1')).toBeUndefined();
  now = new Date('2026-05-01T12:59:59.999Z');
  expect(open.find('Practitioner/7', 'p1')?.id).toBe('0'.repeat(32));
  now = new Date('2026-05-01T13:00:00.000Z');
  expect(open.find('Practitioner/7', 'p1')).toBeUndefined();
});

test('that is broken again counts as long as the longer one', () => {
  const open = new OpenGlass(() => new Date('2026-05-01T12:30:00.000Z'));
  open.add(glass({ id: '1'.repeat(32), until: '2026-05-01T14:00:00.000Z' }));
  open.add(glass());
  expect(open.find('Practitioner/7', 'p1')?.id).toBe('1'.repeat(32));
});

test('fifty at once is enough for a person here, and for all people of another member together', () => {
  const open = new OpenGlass(() => new Date('2026-05-01T12:30:00.000Z'));
  const numbers = Array.from({ length: 50 }, (_, at) => at);
  for (const at of numbers)
    open.add(glass({ patient: `p${at}`, holder: `lakeside/${at}`, member: 'lakeside' }));
  const isFull = (member: string) => open.isFull({ holder: `${member}/new`, patient: 'p50', member });
  expect([isFull('lakeside'), isFull('aurora')]).toEqual([true, false]);
  const isFullFor = (holder: string) => open.isFull({ holder, patient: 'p50' });
  expect(isFullFor('Practitioner/7')).toBe(false);
  for (const at of numbers) open.add(glass({ patient: `p${at}` }));
  expect([isFullFor('Practitioner/7'), isFullFor('Practitioner/8')]).toEqual([true, false]);
});

test('twenty for one patient is enough for another member, whatever ids it names', () => {
  const open = new OpenGlass(() => new Date('2026-05-01T12:30:00.000Z'));
  for (let at = 0; at < 20; at++) open.add(glass({ holder: `lakeside/${at}`, member: 'lakeside' }));
  const isFull = (patient: string, member: string) =>
    open.isFull({ holder: `${member}/new`, patient, member });
  expect([isFull('p1', 'lakeside'), isFull('p2', 'lakeside'), isFull('p1', 'aurora')]).toEqual([
    true,
    false,
    false,
  ]);
});
