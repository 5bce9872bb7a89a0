import fc from 'fast-check';
import type { Route } from './routes.ts';

/** One hostile request, ready to be sent. */
export interface Attack {
  readonly route: Route;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly credential: Credential;
}

/** Whose token an attack carries. */
export type Credential = 'own' | 'none' | 'other-organisation' | 'patient' | 'altered' | 'garbage';

const awkward = fc.constantFrom(
  '',
  ' ',
  '.',
  '..',
  '../..',
  '%',
  '%00',
  '%2e%2e%2f',
  '%ff',
  '%c0%af',
  "'",
  '"',
  ';',
  '--',
  '\\',
  '|',
  '$',
  ',',
  '*',
  'a'.repeat(5_000),
  '0',
  '-1',
  '1e999',
  '9007199254740993',
  'NaN',
  'null',
  'true',
  '__proto__',
  'constructor',
  'toString',
  'Patient',
  'Patient/',
  '$',
  '_history',
  '_search',
  'metadata',
  'urn:uuid:',
  'http://',
  '2024-13-45',
  'ge2024',
  '|||',
  'ß',
  '%F0%9F%92%A5',
  '٣',
  '%E2%80%AE',
  '000',
  'x001/000',
  '000.p/256',
  'entries/000',
  '{}',
  '[]',
  '<a/>',
  '(a+)+$',
);
const plain = fc.string({ maxLength: 40, unit: fc.constantFrom(...'abcXYZ019-._~:|,$%/?&=+ ') });

/** Text for a place in a path or query; mostly encoded, sometimes raw, never with what would end the request line. */
const inPath = fc
  .oneof(
    { weight: 3, arbitrary: awkward },
    { weight: 2, arbitrary: plain.map((text) => encodeURIComponent(text)) },
    {
      weight: 1,
      arbitrary: fc
        .string({ unit: 'binary', maxLength: 12 })
        .map((text) => encodeURIComponent(text.toWellFormed())),
    },
  )
  .map((text) => encodeURI(text.toWellFormed()).replaceAll('%25', '%').replaceAll(/[\s#]/g, '+'));

/** A JSON value of any shape in the place of the right one. */
const wrong = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    1e21,
    2 ** 53,
    '',
    [],
    {},
    [[]],
    [null],
    { a: 1 },
    'A'.repeat(70_000),
  ),
  fc.jsonValue({ maxDepth: 3 }),
  awkward,
);

function pathsOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  const inner = Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...path, name]));
  return path.length === 0 ? inner : [[...path], ...inner];
}

function replacedAt(value: unknown, path: readonly string[], by: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return by;
  if (Array.isArray(value))
    return value.map((member, index) => (String(index) === name ? replacedAt(member, rest, by) : member));
  return { ...(value as object), [name]: replacedAt((value as Record<string, unknown>)[name], rest, by) };
}

/** Nesting past every limit, and names that a careless reader would take for something else. */
const monsters = fc.constantFrom(
  `${'['.repeat(100_000)}`,
  `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
  `{"resourceType":"Patient","contained":${'['.repeat(2_000)}${']'.repeat(2_000)}}`,
  `{"resourceType":"Patient","resourceType":"Observation"}`,
  `{"resourceType":"Patient","__proto__":{"admin":true}}`,
  `{"resourceType":"Patient","id":"\\ud800"}`,
  `{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1e99999}}`,
  `{"resourceType":"Patient","name":[${'{"family":"x"},'.repeat(20_000)}{}]}`,
  '\u0000',
  '\ufeff{}',
  '"',
  '{"',
  'null',
  '[]',
  '1',
  'NaN',
  'undefined',
  '<xml/>',
  '--boundary\r\n',
);

function bodyOf(route: Route): fc.Arbitrary<string | undefined> {
  if (route.body === undefined) return fc.option(monsters, { nil: undefined, freq: 10 });
  if (typeof route.body === 'string') {
    const filled = fc.array(fc.oneof(plain, awkward), { minLength: 4, maxLength: 4 }).map((texts) => {
      let at = 0;
      return String(route.body).replaceAll('{}', () => texts[at++] ?? '');
    });
    return fc.oneof({ weight: 4, arbitrary: filled }, { weight: 1, arbitrary: monsters });
  }
  const places = pathsOf(route.body);
  const changed = fc
    .tuple(fc.constantFrom(...(places.length === 0 ? [[]] : places)), wrong)
    .map(([path, value]) => JSON.stringify(replacedAt(route.body, path, value)));
  const cut = fc.double({ min: 0, max: 1, noNaN: true }).map((part) => {
    const text = JSON.stringify(route.body);
    return text.slice(0, Math.floor(text.length * part));
  });
  return fc.oneof(
    { weight: 6, arbitrary: changed },
    { weight: 2, arbitrary: cut },
    { weight: 1, arbitrary: monsters },
    { weight: 1, arbitrary: fc.constant(JSON.stringify(route.body)) },
  );
}

const headers = fc.dictionary(
  fc.constantFrom(
    'accept',
    'content-type',
    'if-match',
    'if-none-match',
    'if-none-exist',
    'prefer',
    'x-forwarded-host',
    'x-request-id',
    'host',
    'range',
    'signature',
    'signature-input',
    'content-digest',
    'content-encoding',
  ),
  fc.oneof(
    fc.constantFrom(
      '*/*',
      'application/fhir+json',
      'application/json',
      'application/xml',
      'text/plain',
      'W/"1"',
      '"',
      '*',
      'gzip',
      'identifier=a|b',
      'return=minimal',
      'evil.example',
      'sig=("@method");created=1',
      'multipart/form-data; boundary=x',
      'application/json; charset=utf-16',
    ),
    fc.string({ maxLength: 30, unit: fc.constantFrom(...'abcXYZ019-._~:|,$%/?&=+;"*') }),
  ),
  { maxKeys: 3 },
);

/** Hostile requests at one route, the id of a real patient where it helps to get further. */
export function attacksAt(route: Route, patient: string): fc.Arbitrary<Attack> {
  const pieces = fc.array(inPath, { minLength: 4, maxLength: 4 });
  const credential = fc.constantFrom<Credential>(
    'own',
    'own',
    'own',
    'own',
    'own',
    'own',
    'own',
    'own',
    'none',
    'other-organisation',
    'patient',
    'altered',
    'garbage',
  );
  return fc.tuple(pieces, headers, bodyOf(route), credential).map(([texts, given, body, whose]) => {
    let at = 0;
    const path = route.path.replaceAll('{}', () => texts[at++] ?? '').replaceAll('PATIENT', patient);
    const type = typeof route.body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json';
    return {
      route,
      path,
      body: body?.replaceAll('PATIENT', patient),
      headers: { ...(body === undefined ? {} : { 'content-type': type }), ...given },
      credential: whose,
    };
  });
}
