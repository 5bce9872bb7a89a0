import { createHash } from 'node:crypto';
import {
  component,
  createSignature,
  isSignatureError,
  type RequestDescriptor,
  type ResponseDescriptor,
  verifySignature,
} from 'http-message-sig';
import { sha256 } from '../proof/index.ts';
import { ExchangeError } from './errors.ts';

/** FORMATS §6: how far `created` may lie from the receiver's clock. */
export const MAX_CLOCK_SKEW_SECONDS = 60; // covers machines without NTP for a few weeks, and bounds nonce storage
/** How long a request stays valid after `created`. */
const LIFETIME_SECONDS = 60; // longer than any answer takes to be asked for
/** What another implementation may choose; its nonces are kept as long. */
const MAX_LIFETIME_SECONDS = 300; // five minutes, as most signed APIs take
/** A nonce that does not fill the store. */
const NONCE = /^[\x21-\x7e]{1,128}$/;
const LABEL = 'sig1';
const ALGORITHM = 'ed25519';
const REQUEST_COMPONENTS = ['@method', '@target-uri', 'content-digest'];
const REQUEST_PARAMETERS = ['created', 'expires', 'nonce', 'keyid'];
const RESPONSE_COMPONENTS = ['@status', 'content-digest', component('signature', { req: true, key: LABEL })];

/** Signs with an organisation's `exchange-sign` key. `keyId` is `<org>/<key id>`. */
export interface ExchangeSigner {
  readonly keyId: string;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** Finds who owns a `keyid` now, and checks a signature by it; undefined for an unknown, retired or suspended key. */
export type KeyLookup = (
  keyId: string,
) => { organisation: string; verify: (message: Uint8Array, signature: Uint8Array) => boolean } | undefined;

/** A message as it is signed: header names in lower case. */
export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a verified request says of itself. */
export interface VerifiedRequest {
  readonly organisation: string;
  readonly nonce: string;
  readonly expiresSeconds: number;
  /** SHA-256 of the request's signature base: the sealed answer is bound to it. */
  readonly baseHash: Uint8Array;
}

/** `Content-Digest` of a body (RFC 9530 §2). */
export function contentDigest(body: Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

const fieldsOf = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([name, value]) => ({ name, value }));

const descriptor = (request: Omit<SignedRequest, 'body'>): RequestDescriptor => ({
  kind: 'request',
  method: request.method,
  targetUri: request.url,
  fields: fieldsOf(request.headers),
});

/** Signs a request (RFC 9421 §3.1); returns it with its fields, and the hash that the answer will be bound to. */
export async function signRequest(
  request: Omit<SignedRequest, 'headers'>,
  signer: ExchangeSigner,
  nonce: string,
  nowSeconds: number,
): Promise<{ request: SignedRequest; baseHash: Uint8Array }> {
  let baseHash: Uint8Array = new Uint8Array();
  const headers: Record<string, string> = { 'content-digest': contentDigest(request.body) };
  const fields = await createSignature(descriptor({ ...request, headers }), {
    label: LABEL,
    components: REQUEST_COMPONENTS,
    parameters: { created: nowSeconds, expires: nowSeconds + LIFETIME_SECONDS, nonce, keyid: signer.keyId },
    signer: {
      algorithm: ALGORITHM,
      sign: (base) => {
        baseHash = sha256(base);
        return signer.sign(base);
      },
    },
  });
  return {
    request: {
      ...request,
      headers: { ...headers, signature: fields.signature, 'signature-input': fields.signatureInput },
    },
    baseHash,
  };
}

const present = (headers: Readonly<Record<string, string>>): void => {
  if (headers.signature === undefined || headers['signature-input'] === undefined) {
    throw new ExchangeError('signature-missing', 'Requests between members are signed (RFC 9421).');
  }
};

function requireDigest(headers: Readonly<Record<string, string>>, body: Uint8Array): void {
  if (headers['content-digest'] !== contentDigest(body)) {
    throw new ExchangeError('digest-mismatch', 'Content-Digest is not the SHA-256 of the body.');
  }
}

function requireClock(created: number, expires: number, nowSeconds: number): void {
  if (expires < created || expires - created > MAX_LIFETIME_SECONDS)
    throw new ExchangeError(
      'signature-invalid',
      `A request expires at most ${MAX_LIFETIME_SECONDS} seconds after it was created.`,
    );
  if (Math.abs(created - nowSeconds) > MAX_CLOCK_SKEW_SECONDS || expires < nowSeconds) {
    const theirs = new Date(created * 1000).toISOString();
    const ours = new Date(nowSeconds * 1000).toISOString();
    throw new ExchangeError(
      'clock-skew',
      `The request was created at ${theirs}, here it is ${ours}: set both clocks.`,
    );
  }
}

/**
 * Verifies a request of another member. Throws ExchangeError: `signature-missing`, `digest-mismatch`,
 * `clock-skew` (names both times), `signature-invalid`. The caller refuses a nonce that it has seen.
 */
export async function verifyRequest(
  request: SignedRequest,
  lookup: KeyLookup,
  nowSeconds: number,
): Promise<VerifiedRequest> {
  present(request.headers);
  requireDigest(request.headers, request.body);
  let baseHash: Uint8Array = new Uint8Array();
  let organisation = '';
  try {
    const verified = await verifySignature(descriptor(request), {
      label: LABEL,
      policy: {
        algorithms: [ALGORITHM],
        requiredComponents: REQUEST_COMPONENTS,
        requiredParameters: REQUEST_PARAMETERS,
        // Time is judged below, so that a clock gone wrong is named as such and not as a forgery.
        now: nowSeconds,
        clockSkew: Number.MAX_SAFE_INTEGER,
      },
      resolveVerifier: (candidate) => {
        const { created = 0, expires = 0, keyid = '', nonce = '' } = candidate.parameters;
        requireClock(created, expires, nowSeconds);
        if (!NONCE.test(nonce))
          throw new ExchangeError('signature-invalid', 'A nonce has 1 to 128 visible characters.');
        const owner = lookup(keyid);
        if (owner === undefined)
          throw new ExchangeError('signature-invalid', 'The key is not one that a member uses now.');
        organisation = owner.organisation;
        const verify = (base: Uint8Array, signature: Uint8Array) => {
          baseHash = sha256(base);
          return owner.verify(base, signature);
        };
        return { algorithm: ALGORITHM, verify };
      },
    });
    const { nonce = '', expires = 0 } = verified.parameters;
    return { organisation, nonce, expiresSeconds: expires, baseHash };
  } catch (error) {
    throw asExchangeError(error);
  }
}

function asExchangeError(error: unknown): unknown {
  if (error instanceof ExchangeError) return error;
  if (!isSignatureError(error)) return error;
  if (error.cause instanceof ExchangeError) return error.cause;
  return new ExchangeError('signature-invalid', 'The message signature does not verify.', error);
}

/** Signs an answer, bound to the request's signature (RFC 9421 §2.4, `;req`). */
export async function signResponse(
  status: number,
  body: Uint8Array,
  request: SignedRequest,
  signer: ExchangeSigner,
  nowSeconds: number,
): Promise<Record<string, string>> {
  const headers: Record<string, string> = { 'content-digest': contentDigest(body) };
  const response: ResponseDescriptor = {
    kind: 'response',
    status,
    fields: fieldsOf(headers),
    request: descriptor(request),
  };
  const fields = await createSignature(response, {
    label: LABEL,
    components: RESPONSE_COMPONENTS,
    parameters: { created: nowSeconds, keyid: signer.keyId },
    signer: { algorithm: ALGORITHM, sign: signer.sign },
  });
  return { ...headers, signature: fields.signature, 'signature-input': fields.signatureInput };
}

/** Verifies that `organisation` gave this answer to this request. Throws ExchangeError. */
export async function verifyResponse(
  response: { status: number; headers: Readonly<Record<string, string>>; body: Uint8Array },
  request: SignedRequest,
  organisation: string,
  lookup: KeyLookup,
): Promise<void> {
  present(response.headers);
  requireDigest(response.headers, response.body);
  try {
    const message: ResponseDescriptor = {
      kind: 'response',
      status: response.status,
      fields: fieldsOf(response.headers),
      request: descriptor(request),
    };
    await verifySignature(message, {
      label: LABEL,
      policy: {
        algorithms: [ALGORITHM],
        requiredComponents: RESPONSE_COMPONENTS,
        requiredParameters: ['created', 'keyid'],
      },
      resolveVerifier: (candidate) => {
        const owner = lookup(candidate.parameters.keyid ?? '');
        if (owner?.organisation !== organisation)
          throw new ExchangeError(
            'signature-invalid',
            'The answer is not signed by the member that was asked.',
          );
        return { algorithm: ALGORITHM, verify: owner.verify };
      },
    });
  } catch (error) {
    throw asExchangeError(error);
  }
}
