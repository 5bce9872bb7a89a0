import { createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  createAuthenticator,
  createTokenIssuer,
  generateTokenKey,
  IdentityError,
  tokenRealm,
} from '../index.ts';
import { claims, refusal } from '../suite/identity-node.ts';
import { publicJwk, tokenKeyPem } from './token-key.ts';

const realm = tokenRealm('https://records.example/', 'st-mary');
const otherRealm = tokenRealm('https://records.example', 'lakeside');
const key = generateTokenKey();
const otherKey = generateTokenKey();
const issue = createTokenIssuer(realm, key);
const { authenticate } = createAuthenticator(realm, [key]);

const seconds = () => Math.floor(Date.now() / 1000);
const good = () => ({
  ...claims(),
  iss: realm.issuer,
  aud: realm.audience,
  jti: 'token-1',
  iat: seconds(),
  exp: seconds() + 60,
});
const header = { alg: 'ES256', typ: 'at+jwt', kid: key.id };
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token whose header and payload are exactly these, signed with the organisation's own key. */
function signed(payload: Record<string, unknown>, changes: Record<string, unknown> = {}, by = key): string {
  const input = `${encode({ ...header, ...changes })}.${encode(payload)}`;
  const privateKey = createPrivateKey({ key: Buffer.from(by.privateKey), format: 'der', type: 'pkcs8' });
  return `Bearer ${input}.${sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** A token by HMAC with some public text as its secret: the classic confusion of algorithms. */
function hmacToken(secret: string | Buffer, alg: string): string {
  const input = `${encode({ ...header, alg })}.${encode(good())}`;
  const hash = `sha${alg.slice(2)}`;
  return `Bearer ${input}.${createHmac(hash, secret).update(input).digest('base64url')}`;
}

const without = (name: string) => Object.fromEntries(Object.entries(good()).filter(([key]) => key !== name));

describe('a header without a token is refused', () => {
  test.each([undefined, ''])('%j', async (text) =>
    expect(await refusal(authenticate(text))).toBe('token-missing'),
  );
  test.each([
    'Bearer',
    'Bearer ',
    'Basic ZGVtbzpkZW1v',
    'Bearer a',
    'Bearer a.b',
    'Bearer a.b.c.d',
    'Bearer a.b.c, Bearer a.b.c',
    'Bearer a.b.c d',
    'bearer\ta.b.c',
    `Bearer ${'a'.repeat(20_000)}.b.c`,
  ])('%.40j', async (text) => expect(await refusal(authenticate(text))).toBe('token-malformed'));
});

describe('a forged token is refused', () => {
  const publicPem = createPublicKey(tokenKeyPem(key)).export({ format: 'pem', type: 'spki' });
  test.each([
    ['no algorithm', () => `Bearer ${encode({ ...header, alg: 'none' })}.${encode(good())}.x`],
    ['no algorithm, no signature', () => `Bearer ${encode({ ...header, alg: 'none' })}.${encode(good())}.`],
    ['HS256 with the public key as PEM', () => hmacToken(publicPem.toString(), 'HS256')],
    ['HS256 with the public key as JWK', () => hmacToken(JSON.stringify(publicJwk(key)), 'HS256')],
    ['HS512 with the public key', () => hmacToken(publicPem.toString(), 'HS512')],
    ['HS256 with nothing', () => hmacToken('', 'HS256')],
    ['another key under our key’s id', () => signed(good(), {}, otherKey)],
    ['another key under its own id', () => signed(good(), { kid: otherKey.id }, otherKey)],
    [
      'another key given inside the header',
      () => signed(good(), { kid: undefined, jwk: publicJwk(otherKey) }, otherKey),
    ],
    [
      'a key set at an address of the attacker',
      () => signed(good(), { kid: otherKey.id, jku: 'https://attacker.example/jwks' }, otherKey),
    ],
    ['a file as key id', () => signed(good(), { kid: '../../dev/null' }, otherKey)],
    ['ES384 said of an ES256 signature', () => signed(good(), { alg: 'ES384' })],
    ['an unknown critical header', () => signed(good(), { crit: ['holdfast'], holdfast: true })],
    ['unencoded payload', () => signed(good(), { crit: ['b64'], b64: false })],
    [
      'a changed payload',
      () =>
        signed(good()).replace(
          /\.[^.]+\./,
          `.${encode({ ...good(), scope: 'system/*.cruds user/*.cruds' })}.`,
        ),
    ],
    ['a changed signature', () => signed(good()).replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))],
    ['an empty signature', () => signed(good()).replace(/[^.]+$/, '')],
    ['a payload that is no JSON', () => `Bearer ${encode(header)}.bm8.bm8`],
  ])('%s', async (_case, forge) => {
    expect(await refusal(authenticate(forge()))).toMatch(/^token-(invalid|malformed|issuer)$/);
  });

  test('an ID token, or any other JWT by the same key, is no access token', async () => {
    for (const typ of ['JWT', 'id_token', undefined]) {
      expect(await refusal(authenticate(signed(good(), { typ })))).toBe('token-invalid');
    }
  });

  test('an RSA key in the header is not looked at', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const protectedHeader = {
      ...header,
      alg: 'RS256',
      jwk: await exportJWK(publicKey),
    } as JWTHeaderParameters;
    const token = await new SignJWT(good()).setProtectedHeader(protectedHeader).sign(privateKey);
    expect(await refusal(authenticate(`Bearer ${token}`))).toBe('token-invalid');
  });
});

describe('a token that was good somewhere or sometime is refused', () => {
  test('expired', async () => {
    expect(await refusal(authenticate(signed({ ...good(), iat: seconds() - 120, exp: seconds() - 1 })))).toBe(
      'token-expired',
    );
  });

  test('another organisation’s, signed with its key', async () => {
    const { access_token } = await createTokenIssuer(otherRealm, otherKey)(claims());
    expect(await refusal(authenticate(`Bearer ${access_token}`))).toBe('token-issuer');
  });

  test('another organisation’s, even under a key that both know', async () => {
    const { access_token } = await createTokenIssuer(otherRealm, key)(claims());
    expect(await refusal(authenticate(`Bearer ${access_token}`))).toBe('token-issuer');
  });

  test.each([otherRealm.audience, `${realm.audience}/`, realm.issuer, ['a', 'b'], ''])(
    'for another service: %j',
    async (aud) => {
      expect(await refusal(authenticate(signed({ ...good(), aud })))).toBe('token-audience');
    },
  );

  test('made in the future, or not yet valid', async () => {
    expect(
      await refusal(authenticate(signed({ ...good(), iat: seconds() + 600, exp: seconds() + 900 }))),
    ).toBe('token-invalid');
    expect(await refusal(authenticate(signed({ ...good(), nbf: seconds() + 600 })))).toBe('token-invalid');
  });

  test('older than any token may get, whatever it says of its end', async () => {
    const old = { ...good(), iat: seconds() - 3700, exp: seconds() + 86_400 };
    expect(await refusal(authenticate(signed(old)))).toBe('token-expired');
  });
});

describe('a token of ours whose claims are not what we issue is refused', () => {
  test.each(['exp', 'iat', 'jti', 'sub', 'client_id', 'scope', 'purpose_of_use', 'iss', 'aud'])(
    'without %s',
    async (name) => {
      expect(await refusal(authenticate(signed(without(name))))).toMatch(/^token-/);
    },
  );

  test.each([
    { scope: 'system/Observation.sr' },
    { scope: 'patient/Observation.cruds?category=laboratory' },
    { scope: ['system/*.cruds'] },
    { purpose_of_use: [] },
    { purpose_of_use: ['CURIOSITY'] },
    { purpose_of_use: 'TREAT' },
    { fhirUser: 'Device/1' },
    { fhirUser: 'https://elsewhere.example/Practitioner/1' },
    { patient: '../p1' },
    { patient: 7 },
    { sub: 7 },
    { exp: 'tomorrow' },
  ])('%j', async (change) => {
    expect(await refusal(authenticate(signed({ ...good(), ...change })))).toBe('token-invalid');
  });
});

describe('a good token', () => {
  test('gives a principal', async () => {
    const { access_token } = await issue(
      claims({
        scope: 'user/*.rs',
        fhirUser: 'Practitioner/9',
        patient: 'p1',
        purpose_of_use: ['HPAYMT', 'TREAT'],
      }),
    );
    const principal = await authenticate(`bearer ${access_token}`);
    expect(principal).toMatchObject({
      organisation: 'st-mary',
      actorOrganisation: 'st-mary',
      kind: 'user',
      id: 'Practitioner/9',
      fhirUser: 'Practitioner/9',
      patient: 'p1',
      purposes: ['HPAYMT', 'TREAT'],
    });
  });

  test('by a retired key is accepted while that key is still listed', async () => {
    const rotated = createAuthenticator(realm, [otherKey, key]);
    expect(await refusal(rotated.authenticate(signed(good())))).toBeUndefined();
    expect(await refusal(createAuthenticator(realm, [otherKey]).authenticate(signed(good())))).toBe(
      'token-invalid',
    );
  });

  test('is verified once, and refused at the moment it expires', async () => {
    let nowMs = Date.now();
    const clocked = createAuthenticator(realm, [key], () => nowMs);
    const { access_token } = await createTokenIssuer(realm, key, () => nowMs)(claims());
    const text = `Bearer ${access_token}`;
    const first = await clocked.authenticate(text);
    expect(await clocked.authenticate(text)).toBe(first);
    nowMs += 3_599_000;
    expect(await clocked.authenticate(text)).toBe(first);
    nowMs += 2_000;
    expect(await refusal(clocked.authenticate(text))).toBe('token-expired');
  });

  test('costs less than 5 µs once verified', async () => {
    const { access_token } = await issue(claims());
    const text = `Bearer ${access_token}`;
    await authenticate(text);
    const rounds = 50_000;
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 3; round++) {
      const start = performance.now();
      for (let i = 0; i < rounds; i++) await authenticate(text);
      best = Math.min(best, (performance.now() - start) / rounds);
    }
    expect(best * 1000).toBeLessThan(5);
  });

  test('an error never repeats the token', async () => {
    const text = signed({ ...good(), scope: 'nothing' });
    const error = await authenticate(text).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(IdentityError);
    expect(String(error)).not.toContain(text.slice(20, 60));
  });
});
