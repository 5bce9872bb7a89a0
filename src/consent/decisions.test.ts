import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decisionFacts, type Resource } from '../r4/index.ts';
import { type CompiledConsent, compileConsent, decide, organisationPolicy } from './index.ts';
import { fhirData, jsonFilesOf, withoutSharedData } from './suite/shared-data.ts';

interface Row {
  requester: string;
  purpose: string[];
  date: string;
  resource: string;
  decision: 'permit' | 'deny';
}

/**
 * What this version refuses to record, with the element that it names: data by instance, author or relation needs more
 * facts than a decision has; an organisation is named by its identifier, and nobody can ask under a purpose of another
 * code system.
 */
const OUT_OF_SCOPE: Record<string, { rows: number; expression: string }> = {
  'ex-consent-intermediate-not-data': { rows: 24, expression: 'Consent.provision.provision[0].data' },
  'ex-consent-intermediate-authoredby': { rows: 21, expression: 'Consent.provision.data' },
  'ex-consent-intermediate-not-encounter': { rows: 21, expression: 'Consent.provision.provision[0].data' },
  'ex-consent-intermediate-purpose': { rows: 36, expression: 'Consent.provision.actor[0].reference' },
};

/** Denies whatever no consent permits, as the rows assume: the custodian's policy is another layer. */
const noPolicy = organisationPolicy([]);

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
  const compile = (name: string) => compileConsent(consents.get(name), name, 'active');

  test('the consents that are refused are these, each with its element', () => {
    const refused = [...consents.keys()].flatMap((name) => {
      const outcome = compile(name);
      return 'refused' in outcome ? [[name, outcome.refused[0]?.expression, rows[name]?.length]] : [];
    });
    expect(refused.sort()).toEqual(
      Object.entries(OUT_OF_SCOPE)
        .map(([name, { rows: count, expression }]) => [name, expression, count])
        .sort(),
    );
  });

  const inScope = Object.keys(rows).filter((name) => !(name in OUT_OF_SCOPE));

  test.each(inScope)('%s', (name) => {
    const outcome = compile(name);
    if ('refused' in outcome) throw new Error(JSON.stringify(outcome.refused));
    const wrong = rows[name]!.filter((row) => ask(row, outcome.consent) !== row.decision);
    expect(wrong).toEqual([]);
  });

  test('225 of the 327 rows are asked', () => {
    const asked = inScope.reduce((sum, name) => sum + rows[name]!.length, 0);
    expect([asked, Object.values(rows).flat().length]).toEqual([225, 327]);
  });

  function ask(row: Row, consent: CompiledConsent): 'permit' | 'deny' {
    const request = {
      custodian: 'st-mary',
      actorOrganisation: 'st-mary',
      kind: 'user',
      purposes: row.purpose,
      nowMs: Date.parse(row.date),
      subject: 'ex-patient',
      fhirUser: row.requester,
    } as const;
    return decide(request, resources.get(row.resource)!, [consent], noPolicy).permit ? 'permit' : 'deny';
  }
});
