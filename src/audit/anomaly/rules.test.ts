import { describe, expect, test } from 'vitest';
import { type Access, type Activity, findingsOf, NO_ACTIVITY, withHour, withPatient } from './rules.ts';

const person = (surname: string, line = '', place = '') => ({
  surnames: [surname],
  addresses: line === '' ? [] : [{ line, place }],
});
const plain: Access = {
  time: new Date('2026-03-02T10:00:00Z'),
  watched: undefined,
  isStaff: false,
  patient: person('okafor'),
  agent: person('meyer'),
  activity: NO_ACTIVITY,
};
const rulesOf = (access: Partial<Access>) => findingsOf({ ...plain, ...access }).map(({ rule }) => rule);
const days = (...patients: number[]): Activity['days'] =>
  patients.map((count, at) => ({ day: `2026-02-${10 + at}`, patients: count }));
const today = (count: number): Activity['today'] => ({
  day: '2026-03-02',
  patients: Array.from({ length: count }, (_, at) => String(at)),
});

describe('an access', () => {
  test('of an ordinary day is not flagged', () => {
    expect(rulesOf({})).toEqual([]);
    expect(
      rulesOf({ activity: { ...NO_ACTIVITY, days: days(30, 28, 31, 27, 30), today: today(33) } }),
    ).toEqual([]);
  });

  test('to a patient who is watched over, or works here, is flagged with the reason', () => {
    expect(findingsOf({ ...plain, watched: 'mayor' })).toEqual([
      { rule: 'vip', reason: 'The patient is watched over: mayor.' },
    ]);
    expect(rulesOf({ isStaff: true })).toEqual(['co-worker']);
  });

  test('to somebody of the same surname or street is flagged; the same street elsewhere is another', () => {
    expect(rulesOf({ agent: person('okafor') })).toEqual(['same-surname']);
    const patient = person('a', '12 elm street', '02134 boston');
    expect(rulesOf({ patient, agent: person('b', '14b elm street', '02134 boston') })).toEqual(['neighbour']);
    expect(rulesOf({ patient, agent: person('b', '14 elm street', '60601 chicago') })).toEqual([]);
    expect(rulesOf({ patient: person('a', '12', ''), agent: person('b', '12', '') })).toEqual([]);
    const german = person('a', 'lindenweg 4', '10115 berlin');
    expect(rulesOf({ patient: german, agent: person('b', 'lindenweg 9', '10115 berlin') })).toEqual([
      'neighbour',
    ]);
  });

  test('is flagged when it is one too many for that person, by what is usual for them', () => {
    const usual = { ...NO_ACTIVITY, days: days(30, 28, 31, 27, 30) };
    expect(rulesOf({ activity: { ...usual, today: today(40) } })).toEqual(['unusual-volume']);
    expect(rulesOf({ activity: { ...NO_ACTIVITY, days: days(1, 1, 1, 1, 1), today: today(20) } })).toEqual(
      [],
    );
    expect(rulesOf({ activity: { ...NO_ACTIVITY, today: today(60) } })).toEqual([]);
    expect(rulesOf({ activity: { ...NO_ACTIVITY, today: today(61) } })).toEqual(['unusual-volume']);
  });

  test('is flagged at an hour at which that person does not work', () => {
    let activity = NO_ACTIVITY;
    for (let n = 0; n < 200; n++)
      activity = withHour(activity, new Date(`2026-03-02T${n % 2 ? '09' : '14'}:30:00Z`));
    const night = new Date('2026-03-03T03:00:00Z');
    expect(rulesOf({ activity, time: night })).toEqual(['unusual-hour']);
    expect(rulesOf({ activity, time: new Date('2026-03-03T10:05:00Z') })).toEqual([]);
    expect(rulesOf({ activity: withHour(NO_ACTIVITY, night), time: night })).toEqual([]);
  });
});

test('a patient counts once a day, and a new day begins anew', () => {
  const at = (time: string, patient: string, activity: Activity) =>
    withPatient(activity, new Date(time), patient);
  let activity = at('2026-03-02T08:00:00Z', 'a', NO_ACTIVITY);
  activity = at('2026-03-02T09:00:00Z', 'a', activity);
  activity = at('2026-03-02T10:00:00Z', 'b', activity);
  expect(activity.today.patients).toEqual(['a', 'b']);
  activity = at('2026-03-03T08:00:00Z', 'a', activity);
  expect(activity).toMatchObject({
    days: [{ day: '2026-03-02', patients: 2 }],
    today: { day: '2026-03-03', patients: ['a'] },
  });
});
