import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LABEL, LAW_PROFILES } from './index.ts';
import { birthday, isConfidential } from './representative.ts';

const BORN = Date.parse('2015-06-01T00:00:00Z');

/** The youngest age at which a parent no longer sees what is labelled so; undefined when they always do. */
function hiddenFrom(profile: string, label: string): number | undefined {
  const law = LAW_PROFILES.get(profile);
  if (law === undefined) throw new Error(`no profile ${profile}`);
  const ages = Array.from({ length: law.majorityYears }, (_, years) => years);
  return ages.find((years) => isConfidential({ birthMs: BORN }, [label], law, birthday(BORN, years)));
}

describe('the age from which a minor obtains care alone', () => {
  test.each<[profile: string, label: string, years: number | undefined, statute: string]>([
    ['us', LABEL.part2, 0, '42 CFR 2.14(a)'],
    ['us', LABEL.substanceUse, undefined, 'the states'],
    ['us-ca', LABEL.substanceUse, 12, 'Family Code 6929(b)'],
    ['us-ca', LABEL.mentalHealth, 12, 'Family Code 6924(b)'],
    ['us-ca', LABEL.sexuallyTransmitted, 12, 'Family Code 6926'],
    ['us-ca', LABEL.hiv, 12, 'Health & Safety Code 121020(a)(1)'],
    ['us-ca', LABEL.sexualHealth, 0, 'Family Code 6925(a)'],
    ['us-ca', LABEL.violence, 0, 'Family Code 6928(b), which names no age'],
    ['us-ny', LABEL.substanceUse, 0, 'Mental Hygiene Law 22.11(c)'],
    ['us-ny', LABEL.sexuallyTransmitted, 0, 'Public Health Law 2305(2)'],
    ['us-ny', LABEL.hiv, 0, 'Public Health Law 2780(5)'],
    ['us-ny', LABEL.mentalHealth, 12, 'the profile’s own choice, after Mental Hygiene Law 33.16'],
    ['us-ny', LABEL.violence, undefined, 'none is cited'],
  ])('%s %s: %s (%s)', (profile, label, years) => {
    expect(hiddenFrom(profile, label)).toBe(years);
  });
});

test('every section that a profile cites stands in the table of what was read of it', () => {
  const document = readFileSync(new URL('../../docs/labelling.md', import.meta.url), 'utf8');
  const table = document.slice(document.indexOf('## Statutes, and where they were read'));
  const sources = [...LAW_PROFILES.values()].flatMap(({ minorServices, protections }) =>
    [...minorServices, ...protections].map(({ source }) => source),
  );
  const sections = sources.flatMap((source) => source.match(/\b\d+\.\d+|\b\d{4,}|\b79-l/g) ?? []);
  expect(sections.length).toBeGreaterThan(30);
  expect([...new Set(sections)].filter((section) => !table.includes(section))).toEqual([]);
});
