import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, SignJWT } from 'jose';

/** What the suite's provider was told of one sign-in. */
interface Begun {
  readonly nonce: string;
  readonly challenge: string;
}

/** How an ID token of the suite's provider differs from a good one. */
export interface IdTokenChanges {
  readonly claims?: Record<string, unknown>;
  /** Signs instead of the published key. */
  readonly key?: KeyObject | Uint8Array;
  readonly algorithm?: string;
  /** The whole token, whatever it is. */
  readonly text?: (good: string) => string;
}

/** What it says of itself (OpenID Connect Discovery 1.0 §3). */
const metadata = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/keys`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256'],
});

/** The organisation's own OpenID Connect provider, as far as sign-in sees one; it can be told to lie. */
export async function startOutsideServer(clientId: string) {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'o1', alg: 'ES256', use: 'sig' };
  const codes = new Map<string, Begun & { subject: string; changes: IdTokenChanges }>();
  const seen: { verifiers: string[] } = { verifiers: [] };
  let issuer = '';

  async function idToken({ nonce, subject, changes }: NonNullable<ReturnType<typeof codes.get>>) {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: clientId, sub: subject, nonce, iat: now, exp: now + 300 };
    const { key = keys.privateKey, algorithm = 'ES256', text = (good: string) => good } = changes;
    return text(
      await new SignJWT({ ...claims, ...changes.claims })
        .setProtectedHeader({ alg: algorithm, kid: 'o1' })
        .sign(key),
    );
  }

  async function answer(path: string, form: URLSearchParams): Promise<{ status: number; body: object }> {
    if (path === '/keys') return { status: 200, body: { keys: [jwk] } };
    if (path === '/.well-known/openid-configuration') return { status: 200, body: metadata(issuer) };
    const code = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const verifier = form.get('code_verifier') ?? '';
    seen.verifiers.push(verifier);
    if (code === undefined || createHash('sha256').update(verifier).digest('base64url') !== code.challenge)
      return { status: 400, body: { error: 'invalid_grant' } };
    return {
      status: 200,
      body: { access_token: 'x', token_type: 'Bearer', expires_in: 60, id_token: await idToken(code) },
    };
  }

  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      void answer(request.url ?? '', new URLSearchParams(text)).then(({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    issuer,
    seen,
    publicKey: keys.publicKey,
    /** Somebody signed in there after they were sent to `url`: the query with which they come back. */
    signIn(url: string, subject: string, changes: IdTokenChanges = {}): URLSearchParams {
      const asked = new URL(url).searchParams;
      const code = `code-${codes.size}-${asked.get('state')}`;
      const begun = { nonce: asked.get('nonce') ?? '', challenge: asked.get('code_challenge') ?? '' };
      codes.set(code, { ...begun, subject, changes });
      return new URLSearchParams({ code, state: asked.get('state') ?? '' });
    },
    close: () => server.close(),
  };
}

/** A running provider of the suite. */
export type OutsideServer = Awaited<ReturnType<typeof startOutsideServer>>;
