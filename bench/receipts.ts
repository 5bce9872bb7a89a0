import {
  canonicalizeJsonText,
  contentCommitment,
  type Event,
  formatNetworkPolicy,
  formatReceipt,
  type Primitives,
  toBase64,
  utf8,
  VerificationCache,
  verifyReceipt,
} from '../src/proof/index.ts';

/** Receipts with their contents, as they come in files, and the policy to judge them by. */
export interface Material {
  readonly policy: string;
  readonly receipts: readonly string[];
  readonly contents: readonly string[];
}

/** Receipts under one checkpoint. */
const PER_CHECKPOINT = 100; // as the requirement has it
const WITNESSES = ['lakeside', 'meridian'];

const contentOf = (n: number): string =>
  canonicalizeJsonText(
    JSON.stringify({
      resourceType: 'Observation',
      id: `o${n}`,
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }] },
      subject: { reference: 'Patient/1234567890abcdef' },
      effectiveDateTime: '2026-11-01T10:00:00Z',
      valueQuantity: {
        value: 60 + (n % 60),
        unit: '/min',
        system: 'http://unitsofmeasure.org',
        code: '/min',
      },
    }),
  );

/** Receipts in groups of `size`, each group under a checkpoint of its own. */
async function made(count: number, size: number): Promise<Material> {
  const { bytesFor, eventOf, LEDGER, member, receiptsOf } = await import('../test/interop/network.ts');
  const members = ['aurora', 'lakeside', 'meridian', 'st-mary'].map(member);
  const policy = formatNetworkPolicy({ ledger: LEDGER, version: 1, members });
  const receipts: string[] = [];
  const contents: string[] = [];
  for (let first = 0; first < count; first += size) {
    const group = Array.from({ length: Math.min(size, count - first) }, (_, n) => first + n);
    const salts = group.map((n) => bytesFor(`content ${n}`));
    const events = group.map((n, index): Event => {
      const content = contentOf(n);
      contents.push(content);
      const commitment = contentCommitment(salts[index] ?? utf8(''), content);
      return eventOf('st-mary', n, { content: toBase64(commitment) });
    });
    receipts.push(...(await receiptsOf(events, WITNESSES, salts)).map(formatReceipt));
  }
  return { policy, receipts, contents };
}

/** Receipts of which a hundred share a checkpoint. */
export const sharedReceipts = (count: number): Promise<Material> => made(count, PER_CHECKPOINT);

/** Receipts that share none: their groups differ, so their checkpoints do. */
export const distinctReceipts = (count: number): Promise<Material> => made(count, 1);

/** Verifies all of them with an empty cache and gives the milliseconds it took; throws when one does not verify. */
export function verifyAll({ policy, receipts, contents }: Material, primitives?: Primitives): number {
  const cache = new VerificationCache();
  const options = {
    policies: [policy],
    cache,
    now: new Date(),
    ...(primitives === undefined ? {} : { primitives }),
  };
  const beganMs = performance.now();
  for (const [index, receipt] of receipts.entries()) {
    const verdict = verifyReceipt(receipt, { ...options, content: contents[index] ?? '' });
    if (!verdict.ok || verdict.contentChecked !== 'checked')
      throw new Error(verdict.ok ? 'the content was not checked' : verdict.message);
  }
  return performance.now() - beganMs;
}
