import { afterAll, beforeAll, expect, test } from 'vitest';
import { VaultError } from '../../vault/index.ts';
import { BreakGlassRegister, type Breaking } from '../index.ts';
import { Desk, lakeside } from '../suite/desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
  for (const id of ['p1', 'p2', 'p3', 'p4', 'p5']) await desk.node.store({ resourceType: 'Patient', id });
});
afterAll(() => desk.close());

const breaking = (member: string, at: number, patient: string): Breaking => ({
  patient,
  reason: 'medical-emergency',
  text: 'Found unconscious.',
  until: new Date(desk.time.getTime() + 3_600_000),
  holder: `${member}/${at}`,
  member,
  breaker: { person: 'Practitioner/7', name: 'N', organisation: member, affiliation: 'L' },
  principal: lakeside,
  requestId: 'r',
});
/** How many of so many emergencies at once open, and with what the others are refused. */
async function atOnce(count: number, each: (at: number) => Breaking) {
  const register = await desk.openBreakGlass();
  const all = Array.from({ length: count }, (_, at) => register.break(each(at)));
  const settled = await Promise.allSettled(all);
  const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
  return { opened: count - refused.length, codes: [...new Set(refused)] };
}

test('a member that asks in sixty emergencies at once has fifty open', async () => {
  const found = await atOnce(60, (at) => breaking('aurora', at, `p${(at % 3) + 1}`));
  expect(found).toEqual({ opened: 50, codes: ['too-many-open'] });
});

test('a member that asks for one patient twenty-five times at once has twenty open', async () => {
  const found = await atOnce(25, (at) => breaking('meridian', at, 'p4'));
  expect(found).toEqual({ opened: 20, codes: ['too-many-open'] });
});

test('the same emergency of a member asked with twice at once is one, and told once', async () => {
  const register = await desk.openBreakGlass();
  const twice = breaking('lakeside', 1, 'p5');
  const [first, second] = await Promise.all([register.break(twice), register.break(twice)]);
  expect(second.id).toBe(first.id);
  const { glass } = await register.list({ patient: 'p5', limit: 10 });
  expect(glass.map(({ id }) => id)).toEqual([first.id]);
  const { hits } = await desk.node.vault.compartment({ patient: 'p5', cursor: undefined, limit: 100 });
  expect(hits.filter(({ type }) => type === 'Communication').map(({ id }) => id)).toEqual([first.id]);
});

test('a place whose entry cannot be written is free again', async () => {
  const { vault } = desk.node;
  let hasRoom = false;
  const register = await BreakGlassRegister.load({
    organisation: { id: 'st-mary', name: 'St. Mary Hospital' },
    responsible: undefined,
    vault: {
      commit: (change) =>
        hasRoom ? vault.commit(change) : Promise.reject(new VaultError('full', 'No room.')),
      opening: vault.opening.bind(vault),
      read: vault.read.bind(vault),
    },
    store: desk.store,
    isStale: () => false,
    now: () => desk.time,
  });
  const twenty = Array.from({ length: 20 }, (_, at) => register.break(breaking('st-luke', at, 'p4')));
  const failed = await Promise.allSettled(twenty);
  expect(new Set(failed.map(({ status }) => status))).toEqual(new Set(['rejected']));
  hasRoom = true;
  const { id } = await register.break(breaking('st-luke', 0, 'p4'));
  expect(register.openFor('st-luke/0', 'p4')?.id).toBe(id);
});
