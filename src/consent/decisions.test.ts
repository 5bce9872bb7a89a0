import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decisionFacts, type Resource } from '../r4/index.ts';
import { CONSENT_ONLY, type CompiledConsent, compileConsent, decide } from './index.ts';
import { fhirData, jsonFilesOf, withoutSharedData } from './suite/shared-data.ts';

/** The system of the purpose that one of the consents names. */
const OWN_PURPOSES = 'http://example.org/policies/purposeOfUse';

interface Row {
  requester: string;
  purpose: string[];
  date: string;
  resource: string;
  decision: 'permit' | 'deny';
}

describe.skipIf(withoutSharedData)('IHE consents give the decisions worked out for them', () => {
  const rows: Record<string, Row[]> = JSON.parse(
    readFileSync(join(fhirData, 'consent/decisions.json'), 'utf8'),
  ).consents;
  const consents = jsonFilesOf('consent/consents');
  const resources = new Map(
    [...jsonFilesOf('consent/resources').values()].map((resource) => [
      `${resource.resourceType}/${resource.id}`,
      decisionFacts(resource as unknown as Resource),
    ]),
  );
  const linksOf = (reference: string) => resources.get(reference)?.references;
  const compile = (name: string) => compileConsent(consents.get(name), name, 'active', linksOf);

  test('all of them can be enforced', () => {
    const refused = [...consents.keys()].flatMap((name) => {
      const outcome = compile(name);
      return 'refused' in outcome ? [[name, outcome.refused]] : [];
    });
    expect(refused).toEqual([]);
  });

  test.each(Object.keys(rows))('%s', (name) => {
    const outcome = compile(name);
    if ('refused' in outcome) throw new Error(JSON.stringify(outcome.refused));
    const wrong = rows[name]!.filter((row) => ask(row, outcome.consent) !== row.decision);
    expect(wrong).toEqual([]);
  });

  test('all 327 rows are asked, and none differs', () => {
    expect(Object.values(rows).flat()).toHaveLength(327);
  });

  function ask(row: Row, consent: CompiledConsent): 'permit' | 'deny' {
    const request = {
      custodian: 'st-mary',
      actorOrganisation: 'st-mary',
      kind: 'user',
      purposes: row.purpose.map((code) => (code === 'FooBar' ? `${OWN_PURPOSES}|FooBar` : code)),
      nowMs: Date.parse(row.date),
      subject: 'ex-patient',
      fhirUser: row.requester,
    } as const;
    return decide(request, resources.get(row.resource)!, [consent], CONSENT_ONLY).permit ? 'permit' : 'deny';
  }
});
