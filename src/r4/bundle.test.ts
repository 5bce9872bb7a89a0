import { describe, expect, test } from 'vitest';
import { canonicalize } from '../proof/index.ts';
import { elementsOf, rewriteReferences, splitBundle, summaryOf } from './index.ts';

describe('splitBundle', () => {
  test('gives entries in order, with what each asks for', () => {
    const text = canonicalize({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          fullUrl: 'urn:uuid:a"b',
          resource: { resourceType: 'Patient', id: 'a' },
          request: { method: 'POST', url: 'Patient', ifNoneExist: 'identifier=a|b' },
        },
        { request: { method: 'DELETE', url: 'Patient/1' } },
      ],
    });
    expect(splitBundle(text)).toEqual([
      {
        fullUrl: 'urn:uuid:a"b',
        resourceText: '{"id":"a","resourceType":"Patient"}',
        request: { method: 'POST', url: 'Patient', ifNoneExist: 'identifier=a|b' },
      },
      { request: { method: 'DELETE', url: 'Patient/1' } },
    ]);
  });

  test('gives nothing for a Bundle without entries', () => {
    expect(splitBundle('{"resourceType":"Bundle","type":"batch"}')).toEqual([]);
    expect(splitBundle('{"entry":[],"resourceType":"Bundle"}')).toEqual([]);
    expect(splitBundle('{"entry":"x","resourceType":"Bundle"}')).toEqual([]);
    expect(splitBundle('{"entry":[1,{"resource":1.50}],"resourceType":"Bundle"}')).toEqual([
      {},
      { resourceText: '1.50' },
    ]);
  });
});

describe('rewriteReferences', () => {
  const rewrite = (resource: object, map: Record<string, string>) =>
    JSON.parse(rewriteReferences(canonicalize(resource), (link) => map[link]));
  const map = { 'urn:uuid:1': 'Patient/1', 'Practitioner?identifier=a|b': 'Practitioner/2' };

  test('rewrites references at any depth, in contained resources and extensions', () => {
    const at = (reference: string, other: string) => ({
      resourceType: 'Observation',
      subject: { reference },
      performer: [{ reference: other, display: 'urn:uuid:1' }],
      contained: [{ resourceType: 'Encounter', participant: [{ individual: { reference: other } }] }],
      extension: [{ url: 'http://a.org', valueReference: { reference } }],
    });
    expect(rewrite(at('urn:uuid:1', 'Practitioner?identifier=a|b'), map)).toEqual(
      at('Patient/1', 'Practitioner/2'),
    );
  });

  test('rewrites links of type uri, url and canonical, and in narratives', () => {
    const resource = {
      resourceType: 'DocumentReference',
      content: [{ attachment: { url: 'urn:uuid:1' } }],
      text: { status: 'generated', div: '<div><a href="urn:uuid:1">urn:uuid:1</a></div>' },
    };
    expect(rewrite(resource, map)).toMatchObject({
      content: [{ attachment: { url: 'Patient/1' } }],
      text: { div: '<div><a href="Patient/1">urn:uuid:1</a></div>' },
    });
  });

  test('leaves identifiers and texts that look like a link', () => {
    const resource = {
      resourceType: 'Patient',
      identifier: [{ system: 'urn:ietf:rfc:3986', value: 'urn:uuid:1' }],
      name: [{ text: 'urn:uuid:1' }],
      reference: 'urn:uuid:1',
    };
    expect(rewrite(resource, map)).toEqual(resource);
  });

  test('tells a reference from another link, and escapes what it writes', () => {
    const kinds: string[] = [];
    const text = canonicalize({
      resourceType: 'Observation',
      implicitRules: 'http://a',
      subject: { reference: 'urn:uuid:1' },
    });
    const out = rewriteReferences(text, (_link, kind) => {
      kinds.push(kind);
      return 'a"b\\';
    });
    expect(kinds).toEqual(['link', 'reference']);
    expect(JSON.parse(out)).toMatchObject({ implicitRules: 'a"b\\', subject: { reference: 'a"b\\' } });
  });
});

describe('summaries and elements', () => {
  const patient = {
    resourceType: 'Patient',
    id: 'a',
    meta: { versionId: '1', tag: [{ code: 'x' }] },
    text: { status: 'generated', div: '<div>a</div>' },
    modifierExtension: [{ url: 'http://a.org', valueBoolean: true }],
    name: [{ family: 'A' }],
    birthDate: '1970-01-01',
    _birthDate: { id: 'b' },
    photo: [{ title: 'p' }],
    contact: [{ name: { family: 'B' } }],
    communication: [{ language: { text: 'en' }, preferred: true }],
    link: [{ other: { reference: 'Patient/2' }, type: 'seealso' }],
  };
  const text = canonicalize(patient);
  const tag = [
    { code: 'x' },
    { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' },
  ];
  const keys = (json: string) => Object.keys(JSON.parse(json)).sort();

  test('the summary has summary, mandatory and modifier elements', () => {
    expect(keys(summaryOf(text, 'true'))).toEqual([
      '_birthDate',
      'birthDate',
      'id',
      'link',
      'meta',
      'modifierExtension',
      'name',
      'resourceType',
    ]);
    expect(JSON.parse(summaryOf(text, 'true'))).toMatchObject({
      meta: { versionId: '1', tag },
      link: patient.link,
    });
  });

  test('the text summary has the narrative, and data has all but it', () => {
    expect(keys(summaryOf(text, 'text'))).toEqual(['id', 'meta', 'resourceType', 'text']);
    expect(keys(summaryOf(text, 'data'))).toEqual(
      Object.keys(patient)
        .filter((key) => key !== 'text')
        .sort(),
    );
  });

  test('elements are those named, with what may not be left out', () => {
    const kept = [
      '_birthDate',
      'birthDate',
      'id',
      'link',
      'meta',
      'modifierExtension',
      'name',
      'resourceType',
    ];
    expect(keys(elementsOf(text, ['name', 'Patient.birthDate', 'nope']))).toEqual(kept);
    const observation = canonicalize({
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'a' },
      valueString: 'b',
      subject: { reference: 'Patient/1' },
    });
    expect(keys(elementsOf(observation, ['value']))).toEqual([
      'code',
      'meta',
      'resourceType',
      'status',
      'valueString',
    ]);
  });

  test('what is subsetted once is tagged once, in canonical form', () => {
    const once = summaryOf(text, 'true');
    expect(summaryOf(once, 'true')).toBe(once);
    expect(canonicalize(JSON.parse(once))).toBe(once);
    expect(JSON.parse(elementsOf('{"resourceType":"Basic"}', []))).toEqual({
      resourceType: 'Basic',
      meta: { tag: [tag[1]] },
    });
  });
});
