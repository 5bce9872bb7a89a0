import { beforeAll, describe, expect, test } from 'vitest';
import { type ClientConfiguration, hashClientSecret, IdentityError, registerClients } from '../index.ts';
import { verifyClientSecret } from './client-secret.ts';

let good: ClientConfiguration & { secretHash: string };
beforeAll(async () => {
  good = {
    id: 'lab',
    secretHash: await hashClientSecret('secret'),
    scope: 'system/Observation.rs',
    purposes: ['TREAT'],
  };
});

describe('a client is not registered', () => {
  test.each<[string, Partial<ClientConfiguration>]>([
    ['with its secret instead of a hash', { secretHash: 'secret' }],
    ['with a cheap hash', { secretHash: `scrypt$10$${'A'.repeat(22)}$${'A'.repeat(43)}` }],
    ['with a hash that takes all memory', { secretHash: `scrypt$30$${'A'.repeat(22)}$${'A'.repeat(43)}` }],
    ['with a space in its id', { id: 'the lab' }],
    ['without an id', { id: '' }],
    ['without scopes', { scope: '' }],
    ['with launch context alone', { scope: 'openid launch' }],
    ['with malformed scopes', { scope: 'system/Observation.sr' }],
    [
      'with a restriction that nothing can be held against',
      { scope: 'system/Observation.rs?subject.name=x' },
    ],
    ['with a restricted write', { scope: 'system/Observation.cu?category=x' }],
    ['with neither secret nor keys', { secretHash: undefined }],
    ['with a secret and keys', { jwksUri: 'https://lab.example/keys' }],
    ['with keys fetched over plain http', { secretHash: undefined, jwksUri: 'http://lab.example/keys' }],
    ['with a symmetric key', { secretHash: undefined, jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }],
    ['as an app with a machine’s scopes', { redirectUris: ['https://app.example/'] }],
    [
      'as an app that returns over plain http',
      { redirectUris: ['http://app.example/'], scope: 'patient/*.rs' },
    ],
    ['as an app that returns to a script', { redirectUris: ['javascript:alert(1)'], scope: 'patient/*.rs' }],
    [
      'as an app that returns to any page of a site',
      { redirectUris: ['https://app.example/*'], scope: 'patient/*.rs' },
    ],
    ['with a user’s scopes', { scope: 'system/Observation.rs user/Patient.r' }],
    ['with a patient’s scopes', { scope: 'patient/*.r' }],
    ['with unknown purposes', { purposes: ['CURIOSITY'] }],
    ['without purposes', { purposes: [] }],
  ])('%s', (_case, change) => {
    expect(() => registerClients([{ ...good, ...change }])).toThrow(IdentityError);
  });

  test('twice', () => expect(() => registerClients([good, good])).toThrow('used twice'));

  test('and the message names the client but never its secret', () => {
    const secretHash = 'a secret by mistake';
    try {
      registerClients([{ ...good, secretHash }]);
      expect.unreachable();
    } catch (error) {
      expect(String(error)).toContain('Client lab');
      expect(String(error)).not.toContain(secretHash);
    }
  });
});

test('a secret matches its own hash and no other, and no two hashes are alike', async () => {
  expect(await verifyClientSecret(good.secretHash, 'secret')).toBe(true);
  expect(await verifyClientSecret(good.secretHash, 'Secret')).toBe(false);
  expect(await verifyClientSecret(good.secretHash, '')).toBe(false);
  expect(await verifyClientSecret(good.secretHash, 's'.repeat(100_000))).toBe(false);
  expect(await hashClientSecret('secret')).not.toBe(good.secretHash);
  await expect(verifyClientSecret('secret', 'secret')).rejects.toThrow(IdentityError);
});

test('a registered client can be no user', () => {
  expect(registerClients([good])).toMatchObject([{ id: 'lab', mayActAsUser: false, purposes: ['TREAT'] }]);
});
