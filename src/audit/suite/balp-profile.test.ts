import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { breaches, loadBalpProfiles } from './balp-profile.ts';
import { fhirData, withoutSharedData } from './shared-data.ts';

const folder = join(fhirData, 'balp');

const BASIC = /IHE\.BasicAudit\.(Patient)?(Create|Read|Update|Delete|Query)$|PrivacyDisclosure\.Source$/;

describe.skipIf(withoutSharedData)('the profile check itself', () => {
  const known = loadBalpProfiles(join(folder, 'profiles'));
  const examples = readdirSync(join(folder, 'examples'))
    .filter((name) => name.startsWith('AuditEvent-'))
    .map((name) => JSON.parse(readFileSync(join(folder, 'examples', name), 'utf8')))
    .filter((event) => BASIC.test(event.meta.profile[0]));

  test('finds nothing in the published examples of the profiles used here', () => {
    const found = examples.map((event) => [event.id, breaches(event, event.meta.profile[0], known)]);
    expect(found.filter(([, list]) => list.length > 0)).toEqual([]);
    expect(examples).toHaveLength(34);
  });

  test('finds what is taken away, doubled or replaced', () => {
    const event = examples.find(({ id }) => id === 'ex-auditBasicReadServer');
    const url = event.meta.profile[0];
    const [destination, source, user] = event.agent;
    const changed = (change: object) => breaches({ ...event, ...change }, url, known);
    expect(changed({ action: 'C' })).toHaveLength(1);
    expect(changed({ outcome: '4' })).toHaveLength(1);
    expect(
      changed({ subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: 'create' }] }),
    ).not.toEqual([]);
    expect(changed({ agent: [destination, user] })).not.toEqual([]);
    expect(changed({ agent: [destination, { ...source, network: undefined }, user] })).toHaveLength(1);
    expect(changed({ agent: [destination, source, user, user] })).toHaveLength(1);
    expect(changed({ entity: event.entity.slice(0, 1) })).not.toEqual([]);
    expect(changed({ entity: [...event.entity, event.entity[1]] })).toHaveLength(1);
  });
});
