import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalize } from '../proof/index.ts';
import { stripServerFields, withServerFields } from './index.ts';

const meta = { versionId: '3', lastUpdated: '2024-01-01T00:00:00.000Z' };
const set = (resource: object) => JSON.parse(withServerFields(canonicalize(resource), { id: 'new', meta }));

describe('withServerFields', () => {
  test('replaces what the client said of id, version and time', () => {
    expect(set({ resourceType: 'Patient', id: 'old', meta: { versionId: '9', lastUpdated: 'x' } })).toEqual({
      resourceType: 'Patient',
      id: 'new',
      meta,
    });
  });

  test('keeps the other meta of the client', () => {
    const theirs = {
      profile: ['http://a.org/p'],
      tag: [{ code: 'a' }],
      security: [{ code: 'R' }],
      source: 'urn:a',
      extension: [{ url: 'u', valueString: 'v' }],
    };
    expect(set({ resourceType: 'Patient', meta: theirs })).toEqual({
      resourceType: 'Patient',
      id: 'new',
      meta: { ...theirs, ...meta },
    });
  });

  test('does without meta, and with members that sort before and after', () => {
    expect(set({ resourceType: 'Patient', active: true })).toEqual({
      resourceType: 'Patient',
      id: 'new',
      meta,
      active: true,
    });
    expect(withServerFields('{}', { id: 'new', meta })).toBe(canonicalize({ id: 'new', meta }));
  });

  test('leaves id and meta of resources inside alone', () => {
    const contained = [{ resourceType: 'Patient', id: 'p', meta: { versionId: '1' } }];
    expect(set({ resourceType: 'Observation', contained })).toMatchObject({ contained });
  });
});

test('what was set and taken away again is what was there, for any content', () => {
  const anything = fc.dictionary(fc.string(), fc.jsonValue()).map((members) => {
    const { id: _id, meta: _meta, ...rest } = members;
    return { ...rest, resourceType: 'Patient' };
  });
  fc.assert(
    fc.property(
      anything,
      fc.option(
        fc.dictionary(fc.constantFrom('profile', 'tag', 'a"b', '\\'), fc.jsonValue(), { minKeys: 1 }),
      ),
      (content, theirMeta) => {
        const text = canonicalize(theirMeta === null ? content : { ...content, meta: theirMeta });
        const stored = withServerFields(text, { id: 'x', meta });
        expect(stored).toBe(canonicalize(JSON.parse(stored)));
        expect(stripServerFields(stored)).toBe(text);
      },
    ),
  );
});
