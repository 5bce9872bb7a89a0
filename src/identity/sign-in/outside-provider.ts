import * as client from 'openid-client';
import { IdentityError } from '../errors.ts';
import type { ExpiringRecords } from '../storage/expiring-records.ts';

/** The organisation's own OpenID Connect provider, as configured. */
export interface OutsideConfiguration {
  /** For people: "Sign in with …". */
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Time to sign in elsewhere. */
export const OUTSIDE_SECONDS = 900; // with a second factor and a password reset in between
const TIMEOUT_SECONDS = 10; // a provider that does not answer must not hold people longer
/** From the callback back to the interaction: one redirect. */
const VOUCHED_SECONDS = 60; // a slow network
const KIND = 'OutsideSignIn';
const VOUCHED = 'OutsideVouched';
/** ID tokens are taken when signed so, and no other way: never `none`, never with the client's secret. */
const ALGORITHM_FAMILIES = ['RS256', 'ES256', 'PS256', 'EdDSA', 'RS384', 'ES384', 'RS512', 'ES512'];

/** Whom the provider vouches for. */
export interface OutsideSubject {
  readonly issuer: string;
  readonly subject: string;
  /** The interaction that waits for it. */
  readonly uid: string;
}

/** Signs people in at another provider (authorisation code with PKCE, `state` and `nonce`; OpenID Connect Core §3.1). */
export class OutsideProvider {
  readonly name: string;
  readonly #configuration: OutsideConfiguration;
  readonly #callback: string;
  readonly #records: ExpiringRecords;
  #discovered: Promise<client.Configuration> | undefined;

  /** `issuer`: this organisation's own, below which the callback is. */
  constructor(configuration: OutsideConfiguration, issuer: string, records: ExpiringRecords) {
    this.name = configuration.name;
    this.#configuration = configuration;
    this.#callback = `${issuer}/outside/callback`;
    this.#records = records;
  }

  /** Where to send the browser for an interaction, and the `state` to bind it to. Rejects with IdentityError `outside-sign-in-failed`. */
  async begin(uid: string): Promise<{ url: string; state: string }> {
    const server = await this.#server();
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    this.#records.put(KIND, state, { uid, verifier, nonce }, OUTSIDE_SECONDS);
    const url = client.buildAuthorizationUrl(server, {
      redirect_uri: this.#callback,
      scope: 'openid',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).href;
    return { url, state };
  }

  /** Whom an answer of the provider names. Rejects with IdentityError `outside-sign-in-failed`; an answer is looked at once. */
  async finish(query: string): Promise<OutsideSubject> {
    const state = new URLSearchParams(query).get('state') ?? '';
    const begun = this.#records.take(KIND, state);
    if (begun === undefined) throw failed();
    try {
      const tokens = await client.authorizationCodeGrant(
        await this.#server(),
        new URL(`${this.#callback}?${query}`),
        {
          pkceCodeVerifier: String(begun.verifier),
          expectedNonce: String(begun.nonce),
          expectedState: state,
          idTokenExpected: true,
        },
      );
      const claims = tokens.claims();
      if (claims === undefined) throw failed();
      return { issuer: claims.iss, subject: claims.sub, uid: String(begun.uid) };
    } catch (cause) {
      throw failed(cause);
    }
  }

  /** Keeps whom the provider vouched for until the browser that began is back at the interaction. */
  vouch(uid: string, account: string): void {
    this.#records.put(VOUCHED, uid, { account }, VOUCHED_SECONDS);
  }

  /** The account that was vouched for, once; undefined when there is none. */
  vouchedFor(uid: string): string | undefined {
    const account = this.#records.take(VOUCHED, uid)?.account;
    return typeof account === 'string' ? account : undefined;
  }

  #server(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.#configuration;
    const local = new URL(issuer).protocol === 'http:';
    this.#discovered ??= client
      .discovery(new URL(issuer), clientId, { client_secret: clientSecret }, undefined, {
        timeout: TIMEOUT_SECONDS,
        // Without the first, the library lets TLS stand for the ID token's signature (OpenID Connect Core §3.1.3.7, 6): a proxy that
        // ends TLS could then sign anybody in. The configuration takes http for loopback only.
        execute: [client.enableNonRepudiationChecks, ...(local ? [client.allowInsecureRequests] : [])],
      })
      .then((server) => {
        const supported = server.serverMetadata().id_token_signing_alg_values_supported ?? [];
        if (!supported.some((algorithm) => ALGORITHM_FAMILIES.includes(algorithm))) throw failed();
        return server;
      })
      .catch((cause: unknown) => {
        // Asked again at the next sign-in: a provider that was down is not down for good.
        this.#discovered = undefined;
        throw failed(cause);
      });
    return this.#discovered;
  }
}

function failed(cause?: unknown): IdentityError {
  return new IdentityError(
    'outside-sign-in-failed',
    'The organisation’s own sign-in did not answer as it should, or does not know you: try again.',
    { cause },
  );
}
