import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { grantToken } from './authorisation-server/token-request.ts';
import {
  createAuthenticator,
  generateTokenKey,
  IdentityError,
  parsePurposes,
  parseScopes,
  tokenRealm,
} from './index.ts';
import { jsonObject } from './recorded-route.ts';

/** Runs work that may only refuse with an error of this room. */
function onlyRefuses(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(IdentityError);
  }
}

const word = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'system/*.cruds',
    'patient/Observation.rs?x=y',
    'user/',
    'TREAT',
    'Patient/1',
    '__proto__',
    '',
  ),
);
const client = {
  id: 'demo',
  name: 'Demo',
  authentication: { kind: 'none' },
  redirectUris: [],
  postLogoutRedirectUris: [],
  launchUri: undefined,
  isPortal: false,
  scopes: parseScopes('system/*.rs patient/*.r'),
  purposes: ['TREAT'],
  mayActAsUser: true,
} as const;

test.prop([fc.array(word).map((words) => words.join(' '))])(
  'no scope text does anything but parse or be refused',
  (text) => {
    onlyRefuses(() => parseScopes(text));
    onlyRefuses(() => parsePurposes(text));
  },
);

test.prop([
  fc.dictionary(
    fc.constantFrom('scope', 'purpose_of_use', 'fhir_user', 'patient', 'x'),
    fc.oneof(word, fc.array(word), fc.integer()),
  ),
])('no token request gets more than its client is registered for', (parameters) => {
  onlyRefuses(() => {
    const granted = grantToken(client, parameters);
    expect(granted.purpose_of_use).toEqual(['TREAT']);
    expect(
      granted.scope.split(' ').every((scope) => /^(system|patient)\/(\*|\w+)\.(rs?|s|read)$/.test(scope)),
    ).toBe(true);
    expect(granted.scope.includes('patient/') && granted.patient === undefined).toBe(false);
  });
});

test.prop([fc.oneof(word, fc.json(), fc.anything())])(
  'no body does anything but parse or be refused',
  (body) => onlyRefuses(() => jsonObject(body)),
);

const { authenticate } = createAuthenticator(tokenRealm('https://a.example', 'a'), [generateTokenKey()]);
const part = fc.oneof(
  word,
  fc.json().map((text) => Buffer.from(text).toString('base64url')),
);

test.prop([fc.array(part, { maxLength: 4 })])('no header does anything but be refused', async (parts) => {
  await expect(authenticate(`Bearer ${parts.join('.')}`)).rejects.toBeInstanceOf(IdentityError);
});
