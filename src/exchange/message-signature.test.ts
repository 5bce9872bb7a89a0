import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../proof/index.ts';
import {
  type KeyLookup,
  signRequest,
  signResponse,
  verifyRequest,
  verifyResponse,
} from './message-signature.ts';

const NOW = 1_790_000_000;
const keys = { a: generateKeyPairSync('ed25519'), b: generateKeyPairSync('ed25519') };
const signer = (org: 'a' | 'b') => ({
  keyId: `${org}/k1`,
  sign: (message: Uint8Array) => sign(null, message, keys[org].privateKey),
});
const lookup: KeyLookup = (keyId) => {
  const [organisation, id] = keyId.split('/');
  if ((organisation !== 'a' && organisation !== 'b') || id !== 'k1') return undefined;
  return {
    organisation,
    verify: (message, signature) => verify(null, message, keys[organisation].publicKey, signature),
  };
};
const unsigned = {
  method: 'POST',
  url: 'https://b.example/orgs/b/exchange/record',
  body: utf8('{"consent":"x"}'),
};
const signed = async () => (await signRequest(unsigned, signer('a'), 'nonce-1', NOW)).request;

describe('a request between members', () => {
  test('is refused when its body, address, method or signer was changed', async () => {
    const request = await signed();
    const code = (changed: object) =>
      verifyRequest({ ...request, ...changed }, lookup, NOW).catch((error) => error.code);
    expect(await code({ body: utf8('{"consent":"y"}') })).toBe('digest-mismatch');
    expect(await code({ url: 'https://c.example/orgs/b/exchange/record' })).toBe('signature-invalid');
    expect(await code({ method: 'PUT' })).toBe('signature-invalid');
    const other = {
      ...request.headers,
      'signature-input': request.headers['signature-input']!.replace('a/k1', 'b/k1'),
    };
    expect(await code({ headers: other })).toBe('signature-invalid');
    const unknown = {
      ...request.headers,
      'signature-input': request.headers['signature-input']!.replace('a/k1', 'a/k2'),
    };
    expect(await code({ headers: unknown })).toBe('signature-invalid');
    expect(await code({ headers: { 'content-digest': request.headers['content-digest'] } })).toBe(
      'signature-missing',
    );
  });

  test('by a clock too far off names both times', async () => {
    const request = await signed();
    await expect(verifyRequest(request, lookup, NOW + 61)).rejects.toThrow(/2026-09-.*here it is 2026-09-/);
    await expect(verifyRequest(request, lookup, NOW - 61)).rejects.toMatchObject({ code: 'clock-skew' });
  });

  test('that covers too little is refused', async () => {
    const request = await signed();
    const input = request.headers['signature-input']!.replace(' "@target-uri"', '');
    await expect(
      verifyRequest({ ...request, headers: { ...request.headers, 'signature-input': input } }, lookup, NOW),
    ).rejects.toMatchObject({
      code: 'signature-invalid',
    });
  });

  test('is known by its organisation and nonce, and both sides compute the same base', async () => {
    const { request, baseHash } = await signRequest(unsigned, signer('a'), 'nonce-1', NOW);
    const verified = await verifyRequest(request, lookup, NOW + 30);
    expect(verified).toMatchObject({ organisation: 'a', nonce: 'nonce-1' });
    expect(verified.baseHash).toEqual(baseHash);
  });
});

describe('an answer', () => {
  test('belongs to one request and to the member that was asked', async () => {
    const request = await signed();
    const body = utf8('sealed');
    const headers = await signResponse(200, body, request, signer('b'), NOW);
    await verifyResponse({ status: 200, headers, body }, request, 'b', lookup);
    const { request: another } = await signRequest(unsigned, signer('a'), 'nonce-2', NOW);
    await expect(verifyResponse({ status: 200, headers, body }, another, 'b', lookup)).rejects.toMatchObject({
      code: 'signature-invalid',
    });
    await expect(verifyResponse({ status: 200, headers, body }, request, 'a', lookup)).rejects.toMatchObject({
      code: 'signature-invalid',
    });
    await expect(verifyResponse({ status: 403, headers, body }, request, 'b', lookup)).rejects.toMatchObject({
      code: 'signature-invalid',
    });
    await expect(
      verifyResponse({ status: 200, headers, body: utf8('other') }, request, 'b', lookup),
    ).rejects.toMatchObject({ code: 'digest-mismatch' });
  });
});
