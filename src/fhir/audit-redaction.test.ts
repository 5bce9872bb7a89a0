import { describe, expect, test } from 'vitest';
import type { StoredVersion } from '../vault/index.ts';
import { shownToParent } from './audit-redaction.ts';

const RECORD = { code: '4' };
const record = (id: string) => ({ role: RECORD, what: { reference: `Observation/${id}` } });
const consent = (id: string) => ({ what: { reference: `Consent/${id}` } });
const child = { what: { reference: 'Patient/child' } };
const shows = (reference: string) => reference.endsWith('/open');

function event(...entity: object[]): StoredVersion {
  const facts = {
    type: 'AuditEvent',
    classes: [],
    categories: [],
    codes: [],
    labels: [],
    patients: ['child'],
  };
  const text = JSON.stringify({ resourceType: 'AuditEvent', id: 'e', entity });
  const lastUpdated = '2026-03-01T10:00:00.000Z';
  return {
    type: 'AuditEvent',
    id: 'e',
    version: 1,
    lastUpdated,
    text,
    facts,
    patients: ['child'],
    recorded: true,
  };
}

describe('a parent hears of an AuditEvent', () => {
  test('without the consents that they may not see', () => {
    const shown = shownToParent(event(record('open'), child, consent('quiet'), consent('open')), shows);
    expect(shown?.redacted).toBe(true);
    expect(JSON.parse(shown?.text ?? '').entity).toEqual([record('open'), child, consent('open')]);
  });

  test('as it is where they may see all of it', () => {
    const stored = event(record('open'), child, consent('open'));
    expect(shownToParent(stored, shows)).toBe(stored);
  });

  test.each([
    ['record', [record('quiet'), consent('open')]],
    ['consent', [child, consent('quiet')]],
    ['version of a consent', [child, { what: { reference: 'Consent/quiet/_history/2' } }]],
  ])('not at all where what it names besides is a hidden %s', (_case, entities) => {
    expect(shownToParent(event(...entities), shows)).toBeUndefined();
  });
});
