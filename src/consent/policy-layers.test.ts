import { expect, test } from 'vitest';
import { layersOf, POLICY_PROFILES, policyOf } from './index.ts';

test.each(POLICY_PROFILES)(
  'the profile %s says its layers, each rule with its source and the layer with its version',
  (profile) => {
    const { layers, emergency } = layersOf('st-mary', profile, policyOf(profile));
    expect(layers.map(({ layer }) => layer)).toEqual(['law', 'organisation', 'patient']);
    for (const { version, rules } of layers) {
      expect(version).not.toBe('');
      for (const { words, source } of rules) {
        expect(words).toMatch(/\.$/);
        expect(source).toMatch(/CFR|FHIR|Law|Code|Cal\.|N\.Y\./);
      }
    }
    expect(emergency.every(({ source }) => source !== '')).toBe(true);
  },
);

test('the organisation’s layer has another version when it says something else, and the same one everywhere else', () => {
  const versionOf = (organisation: string, profile: (typeof POLICY_PROFILES)[number]) =>
    layersOf(organisation, profile, policyOf(profile)).layers[1]?.version;
  expect(versionOf('st-mary', 'us')).toMatch(/^[0-9a-f]{16}$/);
  expect(versionOf('lakeside', 'us-ca')).toBe(versionOf('st-mary', 'us'));
  expect(versionOf('st-mary', 'consent-only')).not.toBe(versionOf('st-mary', 'us'));
});

test('a state adds to the federal law, and consent-only has neither law nor organisation', () => {
  const rulesOf = (profile: (typeof POLICY_PROFILES)[number]) =>
    layersOf('st-mary', profile, policyOf(profile)).layers.map(({ rules }) => rules.length);
  expect(rulesOf('us-ca')[0]).toBeGreaterThan(rulesOf('us')[0] ?? 0);
  expect(rulesOf('us-ny')[0]).toBeGreaterThan(rulesOf('us')[0] ?? 0);
  expect(rulesOf('consent-only').slice(0, 2)).toEqual([0, 0]);
  expect(rulesOf('consent-only')[2]).toBeGreaterThan(0);
});
