import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { DEFAULT_LABEL_RULES } from '../consent/index.ts';
import { parseConfiguration } from './configuration.ts';
import { labelling, labelRulesOf } from './labelling.ts';

const set = {
  id: 'own',
  title: 'Own',
  labels: ['urn:a|b'],
  codes: { 'urn:codes': ['ADD-*', 'DETOX'] },
  source: 'Committee',
};

test('what the guide shows is taken, and adds to the rules that everybody has', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/labelling.md'), 'utf8');
  const shown = parse(/```yaml\n(.*?)```/s.exec(guide)?.[1] ?? '');
  const { organisations } = parseConfiguration(shown, 'data', {});
  const rules = labelRulesOf(organisations[0]?.labelling ?? labelling.parse({}));
  expect(rules.part2Program).toEqual(['Organization/recovery-unit']);
  expect(rules.beginnings.get('urn:st-mary:codes|ADD-')).toEqual([
    'http://terminology.hl7.org/CodeSystem/v3-ActCode|ETH',
  ]);
  expect(rules.sets.length).toBe(DEFAULT_LABEL_RULES.sets.length + 1);
  expect(rules.version).not.toBe(DEFAULT_LABEL_RULES.version);
});

test('an organisation that says nothing has the rules of everybody', () => {
  expect(labelRulesOf(labelling.parse({}))).toBe(DEFAULT_LABEL_RULES);
});

test.each<[string, object]>([
  ['a label without a system', { codeSets: [{ ...set, labels: ['ETH'] }] }],
  ['everything', { codeSets: [{ ...set, codes: { 'urn:codes': ['*'] } }] }],
  ['half a system', { codeSets: [{ ...set, codes: { 'urn:codes': ['A*'] } }] }],
  ['no source', { codeSets: [{ ...set, source: '' }] }],
  ['a program that is no reference', { part2Program: ['recovery unit'] }],
  ['a program of nobody', { part2Program: [] }],
  ['what it does not know', { part2: true }],
])('%s is refused', (_what, given) => {
  expect(labelling.safeParse({ codeSets: [set] }).success).toBe(true);
  expect(labelling.safeParse(given).success).toBe(false);
});
