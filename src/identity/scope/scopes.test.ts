import { describe, expect, test } from 'vitest';
import { allowedBy, IdentityError, parseScopes, restrictedFor } from '../index.ts';
import { parseScope } from './scope.ts';
import { covers, narrowed, parseResourceScopes } from './scopes.ts';

const codeOf = (text: string) => {
  try {
    parseScopes(text);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(IdentityError);
    return (error as IdentityError).code;
  }
};

describe('scopes that are refused', () => {
  test.each([
    ['letters out of order', 'system/Observation.sr'],
    ['a letter twice', 'system/Observation.rr'],
    ['no letters', 'system/Observation.'],
    ['unknown letter', 'system/Observation.x'],
    ['upper-case letters', 'system/Observation.RS'],
    ['no type', 'system/.rs'],
    ['a type in lower case', 'system/observation.rs'],
    ['a partial wildcard', 'system/Obs*.rs'],
    ['an unknown level', 'practitioner/Observation.rs'],
    ['upper-case level', 'System/Observation.rs'],
    ['v1 and v2 mixed', 'system/Observation.readrs'],
    ['v1 word misspelt', 'system/Observation.reads'],
    ['trailing text', 'system/Observation.rs.'],
    ['a line break', 'system/Observation.rs\nsystem/*.cruds'],
    ['a tab between scopes', 'system/Observation.rs\tsystem/*.cruds'],
    ['a path', 'system/Observation/1.rs'],
    ['no level', 'Observation.rs'],
    ['free text', 'everything'],
    ['an empty restriction', 'system/Observation.rs?'],
    ['a restriction without value', 'system/Observation.rs?category='],
    ['a restriction without name', 'system/Observation.rs?=laboratory'],
    ['two question marks', 'system/Observation.rs?a=b?c=d'],
    ['a very long scope', `system/Observation.rs?code=${'9'.repeat(600)}`],
    [
      'more scopes than resource types',
      Array.from(
        { length: 201 },
        (_, i) =>
          `system/T${'x'.repeat(i % 60)}${'abcdefghij'[i % 10]}${'klmnopqrst'[Math.floor(i / 10) % 10]}.r`,
      ).join(' '),
    ],
  ])('%s', (_case, text) => expect(codeOf(text)).toBe('scope-malformed'));

  test.each([
    ['on every type', 'system/*.rs?category=laboratory'],
    ['on a write', 'system/Observation.cu?category=laboratory'],
    ['on reading and deleting', 'system/Observation.rd?category=laboratory'],
    ['by a parameter that the type does not have', 'patient/Observation.rs?colour=red'],
    ['by a chain', 'patient/Observation.rs?subject.name=ada'],
    ['by a result parameter', 'patient/Observation.rs?_count=1'],
    ['by an include', 'patient/Observation.rs?_include=Observation:subject'],
  ])('a restriction %s is refused and never ignored', (_case, text) =>
    expect(codeOf(text)).toBe('scope-unsupported'),
  );

  test('a restriction that is no percent-encoding is malformed', () => {
    expect(codeOf('patient/Observation.rs?category=%zz')).toBe('scope-malformed');
  });
});

describe('a restricted scope', () => {
  const restricted =
    'patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory';

  test('allows nothing to whoever does not know of restrictions', () => {
    const scopes = parseScopes(restricted);
    expect(allowedBy(scopes, 'Observation', 'r')).toBeUndefined();
    expect(restrictedFor(scopes, 'Observation', 'r')).toMatchObject([
      { level: 'patient', filters: [{ kind: 'token', param: 'category' }] },
    ]);
    expect(restrictedFor(scopes, 'Observation', 'c')).toEqual([]);
    expect(restrictedFor(scopes, 'Condition', 'r')).toEqual([]);
  });

  test('is covered by the type without restriction, by the same restriction, and by no other', () => {
    const [asked] = parseResourceScopes(restricted);
    if (asked === undefined) throw new Error('one scope');
    expect(covers(parseScopes('patient/Observation.rs'), asked)).toBe(true);
    expect(covers(parseScopes('patient/*.cruds'), asked)).toBe(true);
    expect(covers(parseScopes(restricted), asked)).toBe(true);
    expect(covers(parseScopes('patient/Observation.rs?category=vital-signs'), asked)).toBe(false);
    expect(covers(parseScopes('patient/Observation.r?category=laboratory'), asked)).toBe(false);
    expect(covers(parseScopes('system/Observation.rs'), asked)).toBe(false);
    const [wide] = parseResourceScopes('patient/Observation.rs');
    expect(wide && covers(parseScopes(restricted), wide)).toBe(false);
  });
});

describe('what a scope allows', () => {
  test('nothing that it does not name', () => {
    const scopes = parseScopes('system/Observation.rs user/Patient.u');
    expect(allowedBy(scopes, 'Observation', 'c')).toBeUndefined();
    expect(allowedBy(scopes, 'Observation', 'u')).toBeUndefined();
    expect(allowedBy(scopes, 'Observation', 'd')).toBeUndefined();
    expect(allowedBy(scopes, 'Condition', 'r')).toBeUndefined();
    expect(allowedBy(scopes, 'Patient', 'r')).toBeUndefined();
    expect(allowedBy(scopes, '*', 'r')).toBeUndefined();
    expect(allowedBy(scopes, 'constructor', 'r')).toBeUndefined();
  });

  test('it names the level at which it is allowed, all of them', () => {
    const scopes = parseScopes('system/Observation.rs user/Observation.r patient/*.rs');
    expect(allowedBy(scopes, 'Observation', 'r')).toEqual({ system: true, user: true, patient: true });
    expect(allowedBy(scopes, 'Observation', 's')).toEqual({ system: true, patient: true });
    expect(allowedBy(scopes, 'Condition', 's')).toEqual({ patient: true });
  });

  test('a wildcard covers every type, and letters of several scopes add up', () => {
    const scopes = parseScopes('system/*.r system/Observation.c system/Observation.s');
    expect(allowedBy(scopes, 'Anything', 'r')).toEqual({ system: true });
    for (const letter of ['c', 'r', 's'] as const)
      expect(allowedBy(scopes, 'Observation', letter)).toEqual({ system: true });
    expect(allowedBy(scopes, 'Observation', 'd')).toBeUndefined();
  });

  test('v1 scopes mean what SMART 2.2 says they mean, and stay v1 in the token', () => {
    const scopes = parseScopes('patient/Observation.read user/Encounter.write system/Patient.*');
    expect(scopes.text).toBe('patient/Observation.read user/Encounter.write system/Patient.*');
    const letters = (type: string) =>
      (['c', 'r', 'u', 'd', 's'] as const).filter((l) => allowedBy(scopes, type, l)).join('');
    expect([letters('Observation'), letters('Encounter'), letters('Patient')]).toEqual([
      'rs',
      'cud',
      'cruds',
    ]);
  });

  test('launch and identity scopes are passed over', () => {
    const scopes = parseScopes('openid fhirUser launch launch/patient offline_access system/Observation.r');
    expect(scopes.text).toBe('system/Observation.r');
  });

  test('a scope given twice is kept once', () => {
    expect(parseScopes('system/Observation.r  system/Observation.r').text).toBe('system/Observation.r');
  });
});

describe('what somebody may do of what an app asks', () => {
  const letters = { c: 1, r: 2, u: 4, d: 8, s: 16 };
  const reach = new Map([
    ['*', letters.r | letters.s],
    ['Consent', 31],
    ['Observation', letters.r],
  ]);
  const kept = (granted: ReadonlyMap<string, number>, asked: string) =>
    narrowed(granted, parseScope(asked)).map(({ text }) => text);

  test.each<[string, readonly string[]]>([
    ['patient/*.rs', ['patient/*.rs']],
    ['patient/*.read', ['patient/*.read']],
    ['patient/*.cruds', ['patient/*.rs', 'patient/Consent.cruds']],
    ['user/*.cu', ['user/Consent.cu']],
    ['user/*.write', ['user/Consent.cud']],
    ['user/Observation.cruds', ['user/Observation.rs']],
    ['user/Observation.c', []],
    ['user/Observation.rs?category=laboratory', ['user/Observation.rs?category=laboratory']],
  ])('%s is narrowed to %j', (asked, expected) => {
    expect(kept(reach, asked)).toEqual(expected);
  });

  test.each<[string, number | undefined, readonly string[]]>([
    ['user/*.cruds', undefined, ['user/*.crus']],
    ['user/AuditEvent.u', undefined, []],
    ['user/AuditEvent.cruds', undefined, ['user/AuditEvent.crs']],
    ['user/*.cruds', letters.u, ['user/*.crus', 'user/AuditEvent.u']],
    ['user/AuditEvent.rus', letters.u, ['user/AuditEvent.rus']],
  ])('%s appoints no privacy officer who is not named as one (%j)', (asked, named, expected) => {
    const everything = new Map([['*', letters.c | letters.r | letters.u | letters.s]]);
    if (named !== undefined) everything.set('AuditEvent', named);
    expect(kept(everything, asked)).toEqual(expected);
  });

  test('of single types is given to an app that asks for all', () => {
    const some = new Map([
      ['Patient', letters.r | letters.s],
      ['AuditEvent', letters.r],
    ]);
    expect(kept(some, 'user/*.cruds')).toEqual(['user/Patient.rs', 'user/AuditEvent.r']);
    expect(kept(new Map(), 'user/*.cruds')).toEqual([]);
  });
});
