import { describe, expect, test } from 'vitest';
import { compartments, decisionFacts, isResourceType, parseReference, resourceTypes } from './index.ts';

const observation = { resourceType: 'Observation', status: 'final', code: { text: 'a' } };

describe('the compartments of a resource', () => {
  test.each<[string, Parameters<typeof compartments>[0], string[]]>([
    ['a Patient is in its own', { resourceType: 'Patient', id: 'p' }, ['p']],
    [
      'a Patient is in that of one it is linked to',
      { resourceType: 'Patient', id: 'p', link: [{ type: 'seealso', other: { reference: 'Patient/q' } }] },
      ['p', 'q'],
    ],
    ['a subject', { ...observation, subject: { reference: 'Patient/a' } }, ['a']],
    [
      'a subject and performers, each once',
      {
        ...observation,
        subject: { reference: 'Patient/a' },
        performer: [{ reference: 'Patient/b' }, { reference: 'Patient/a' }],
      },
      ['a', 'b'],
    ],
    ['a subject of another type', { ...observation, subject: { reference: 'Group/a' } }, []],
    ['a patient elsewhere', { ...observation, subject: { reference: 'http://a.org/Patient/a' } }, []],
    ['a focus, which the definition leaves out', { ...observation, focus: [{ reference: 'Patient/a' }] }, []],
    ['a Medication, which is of no patient', { resourceType: 'Medication' }, []],
    [
      'members of a Group',
      {
        resourceType: 'Group',
        type: 'person',
        actual: true,
        member: [{ entity: { reference: 'Patient/a' } }],
      },
      ['a'],
    ],
    [
      'a participant of an Appointment',
      {
        resourceType: 'Appointment',
        status: 'booked',
        participant: [{ actor: { reference: 'Patient/a' }, status: 'accepted' }],
      },
      ['a'],
    ],
    [
      'who and what an AuditEvent names',
      {
        resourceType: 'AuditEvent',
        agent: [{ who: { reference: 'Patient/a' } }],
        entity: [{ what: { reference: 'Patient/b' } }],
      },
      ['a', 'b'],
    ],
  ])('%s', (_title, resource, expected) => expect(compartments(resource).patients.sort()).toEqual(expected));
});

describe('the facts for a decision', () => {
  test('say type, classes, codes at any depth, labels and time', () => {
    const facts = decisionFacts({
      resourceType: 'Encounter',
      status: 'finished',
      meta: { profile: ['http://a.org/p'], security: [{ system: 'urn:s', code: 'R' }] },
      class: { system: 'urn:c', code: 'AMB' },
      subject: { reference: 'Patient/a' },
      reasonCode: [{ coding: [{ system: 'urn:r', code: '1' }] }],
      hospitalization: { dietPreference: [{ coding: [{ code: '2' }] }] },
      length: { value: 1, system: 'http://unitsofmeasure.org', code: 'h' },
      period: { start: '2024-01-01', end: '2024-01-02' },
    });
    expect(facts).toEqual({
      type: 'Encounter',
      classes: [
        'http://hl7.org/fhir/resource-types|Encounter',
        'urn:ietf:rfc:3986|http://a.org/p',
        'urn:c|AMB',
      ],
      categories: [],
      codes: ['urn:c|AMB', 'urn:r|1', '|2'],
      labels: ['urn:s|R'],
      period: { startMs: Date.UTC(2024), endMs: Date.UTC(2024, 0, 3) - 1 },
      patients: ['a'],
      references: ['Patient/a'],
      authors: [],
    });
  });

  test('a label of a resource inside counts', () => {
    const inside = {
      resourceType: 'Observation',
      meta: { security: [{ code: 'HIV' }] },
      category: [{ coding: [{ code: 'x' }] }],
    };
    expect(
      decisionFacts({ resourceType: 'Bundle', type: 'collection', entry: [{ resource: inside }] }),
    ).toMatchObject({ labels: ['|HIV'], codes: ['|x'] });
  });

  test.each([
    ['MedicationRequest', { authoredOn: '2024' }],
    ['Condition', { recordedDate: '2024' }],
    ['Immunization', { occurrenceDateTime: '2024' }],
    ['Claim', { created: '2024' }],
    ['DocumentReference', { date: '2024-06-01T00:00:00Z' }],
    ['Procedure', { performedPeriod: { start: '2024' } }],
    ['Specimen', { collection: { collectedDateTime: '2024' } }],
  ])('the time of a %s is found', (resourceType, time) => {
    expect(decisionFacts({ resourceType, ...time }).period?.startMs).toBeGreaterThanOrEqual(Date.UTC(2024));
  });

  test('a resource that tells no time has none', () => {
    expect(decisionFacts({ resourceType: 'Patient', birthDate: '1970-01-01' })).not.toHaveProperty('period');
  });
});

test('there are the 146 resource types of R4 4.0.1 that are not abstract', () => {
  expect(resourceTypes()).toHaveLength(146);
  expect(
    ['Patient', 'patient', 'Resource', 'Quantity', 'SubscriptionStatus', '__proto__', ''].filter(
      isResourceType,
    ),
  ).toEqual(['Patient']);
});

test.each([
  ['Patient/1', { kind: 'relative', type: 'Patient', id: '1' }],
  ['Patient/1/_history/2', { kind: 'relative', type: 'Patient', id: '1', version: '2' }],
  [
    'http://a.org/fhir/Patient/1',
    { kind: 'absolute', url: 'http://a.org/fhir/Patient/1', type: 'Patient', id: '1' },
  ],
  ['#a', { kind: 'contained', id: 'a' }],
  ['Patient?a=b', { kind: 'conditional', type: 'Patient', query: 'a=b' }],
  ['urn:uuid:1', { kind: 'uri', url: 'urn:uuid:1' }],
  ['patient/1', { kind: 'uri', url: 'patient/1' }],
  ['Patient/a b', { kind: 'uri', url: 'Patient/a b' }],
])('the reference %s is read by its form', (text, expected) =>
  expect(parseReference(text)).toEqual(expected),
);
