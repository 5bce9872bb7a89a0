import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { nativePrimitives } from '../../test/interop/native.ts';
import { bytesFor, eventOf, LEDGER, member, receiptsOf } from '../../test/interop/network.ts';
import {
  contentCommitment,
  formatNetworkPolicy,
  formatReceipt,
  fromUtf8,
  ProofError,
  type Receipt,
  toBase64,
  utf8,
  VerificationCache,
  verifyReceipt,
} from './index.ts';

const policy = formatNetworkPolicy({
  ledger: LEDGER,
  version: 1,
  members: ['aurora', 'lakeside', 'meridian', 'st-mary'].map(member),
});
const content = '{"resourceType":"Basic"}';
const salt = bytesFor('content salt');
const events = Array.from({ length: 5 }, (_unused, n) =>
  eventOf('st-mary', n, { content: toBase64(contentCommitment(salt, content)) }),
);
const receipts = await receiptsOf(
  events,
  ['lakeside', 'meridian'],
  events.map(() => salt),
);
const options = { policies: [policy], content, primitives: nativePrimitives, cache: new VerificationCache() };
const verify = (receipt: unknown) => verifyReceipt(receipt, options);

/** Verdict on bytes as they come from a file. */
function accepts(bytes: Uint8Array): boolean {
  try {
    return verify(fromUtf8(bytes)).ok;
  } catch (error) {
    if (error instanceof ProofError) return false;
    throw error;
  }
}

describe('a receipt with exactly the signatures it needs', () => {
  test('stops verifying when any single bit of its file changes', () => {
    const bytes = utf8(formatReceipt(receipts[3] as Receipt));
    expect(accepts(bytes)).toBe(true);
    const survivors: string[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = Uint8Array.from(bytes);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      if (accepts(altered)) survivors.push(`bit ${bit & 7} of byte ${bit >> 3}`);
    }
    expect(survivors).toEqual([]);
  }, 60_000);

  property.prop([fc.nat(4), fc.nat(4)])('does not lend any part to another receipt', (a, b) => {
    const one = receipts[a] as Receipt;
    const other = receipts[b] as Receipt;
    for (const part of ['event', 'salt', 'proof'] as const) {
      expect(verify({ ...one, [part]: other[part] }).ok).toBe(a === b);
    }
  });

  property.prop([fc.nat(10_000), fc.nat(10_000)])(
    'does not verify when a piece of its file is cut out',
    (from, count) => {
      const text = formatReceipt(receipts[2] as Receipt);
      const at = from % text.length;
      const end = Math.min(text.length, at + 1 + (count % 80));
      expect(verify(text.slice(0, at) + text.slice(end)).ok).toBe(false);
    },
  );

  property.prop([fc.jsonValue()])(
    'is nothing but a receipt: whatever JSON comes gets a verdict, never an exception',
    (value) => {
      expect(verify(value)).toMatchObject({ ok: false, code: 'receipt-malformed' });
      expect(verify({ ...receipts[0], event: value })).toMatchObject({ ok: false });
      expect(verify({ ...receipts[0], proof: value })).toMatchObject({ ok: false });
    },
  );
});
