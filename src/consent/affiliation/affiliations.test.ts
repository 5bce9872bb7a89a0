import { expect, test } from 'vitest';
import type { StoredVersion, VersionWrite } from '../../vault/index.ts';
import { Affiliations, organisationPolicy, Withdrawals } from '../index.ts';

const CARE_TEAM = { resourceType: 'CareTeam', status: 'active', subject: { reference: 'Patient/p1' } };

function versionOf(type: string, id: string, patients: readonly string[], content: object): StoredVersion {
  const facts = { type, classes: [], categories: [], codes: [], labels: [], patients };
  const lastUpdated = '2026-05-01T12:00:00.000Z';
  return { type, id, version: 1, lastUpdated, text: JSON.stringify(content), facts, patients };
}

const relatedPerson = (id: string, patient: string): VersionWrite => ({
  ...versionOf('RelatedPerson', id, [patient], { resourceType: 'RelatedPerson', id }),
  index: [],
  actor: 'test',
});

/** Affiliations over records of which CareTeam/x cannot be read, with the teams x and y named by a consent. */
async function withUnreadable() {
  const withdrawals = new Withdrawals();
  let participants = ['Practitioner/ann'];
  const vault = {
    read: async (type: string, id: string) => {
      if (id === 'x') throw new Error('damaged');
      if (type !== 'CareTeam') return undefined;
      const participant = participants.map((reference) => ({ member: { reference } }));
      return versionOf(type, id, ['p1'], { ...CARE_TEAM, id, participant });
    },
    search: async () => ({ hits: [], next: undefined }),
    compartment: async () => ({ hits: [], next: undefined }),
  };
  const now = () => new Date();
  const affiliations = new Affiliations({ vault, policy: organisationPolicy(), withdrawals, now });
  await expect(affiliations.groups.name('consent', ['CareTeam/x', 'CareTeam/y'])).rejects.toThrow('damaged');
  const become = (...people: string[]) => {
    participants = people;
  };
  return { affiliations, withdrawals, become };
}

test('who may ask for a patient changes, and answers under way are overtaken, while a group cannot be read', async () => {
  const { affiliations, withdrawals } = await withUnreadable();
  const before = withdrawals.count;
  await affiliations.written([relatedPerson('mother', 'p1')]);
  expect(withdrawals.since(before, new Set(['p1']))).toBe(true);
});

test('a group that can be read is known, and one that cannot stays unknown', async () => {
  const { affiliations, withdrawals, become } = await withUnreadable();
  become('Practitioner/ben');
  const before = withdrawals.count;
  const team: VersionWrite = { ...versionOf('CareTeam', 'y', ['p1'], CARE_TEAM), index: [], actor: 'test' };
  await affiliations.written([team]);
  expect(withdrawals.count).toBeGreaterThan(before);
  expect(affiliations.groupsOf('Practitioner/ann').groups).toEqual([]);
  const { groups, unknownGroups } = affiliations.groupsOf('Practitioner/ben');
  expect([groups, unknownGroups]).toEqual([['CareTeam/y'], new Set(['CareTeam/x'])]);
});

test.each<[string, (affiliations: Affiliations) => Promise<void>]>([
  [
    'it was written',
    (affiliations) => affiliations.written([{ ...relatedPerson('x', 'p1'), type: 'CareTeam' }]),
  ],
  ['anything may have changed', (affiliations) => affiliations.changed()],
])('that a group cannot be read is told when %s, after what it changes is noted', async (_when, change) => {
  const { affiliations, withdrawals } = await withUnreadable();
  const before = withdrawals.count;
  await expect(change(affiliations)).rejects.toThrow('damaged');
  expect(withdrawals.count).toBeGreaterThan(before);
});
