import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentCommitment, formatNetworkPolicy, formatReceipt, toBase64 } from '../../src/proof/index.ts';
import { bytesFor, eventOf, LEDGER, member, receiptsOf } from '../interop/network.ts';
import { describeVectors, manifest, vectorText } from '../interop/vectors.ts';
import { describeInChromium, launchChromium } from './harness/chromium.ts';
import { browserBundle } from './proof/bundle.ts';
import { type Judgement, judge, type Vectors } from './proof/judge-vectors.ts';

const KINDS = ['inclusion', 'consistency', 'subtreeinclusion', 'subtreeconsistency'];
const merklePaths = (kind: string) =>
  manifest('merkle').flatMap(({ path }) => (path.startsWith(`${kind}/`) ? [`merkle/${path}`] : []));

/** Every 37th bit: coprime to 8, so that every position within a byte has its turn. */
const BIT_STEP = 37;

/** A receipt, and copies of it with one bit changed each. */
async function receiptTexts(): Promise<Vectors['receipts']> {
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
  const good = Buffer.from(formatReceipt(receipts[2]!));
  const altered: string[] = [];
  for (let bit = 0; bit < good.length * 8; bit += BIT_STEP) {
    const copy = Buffer.from(good);
    copy[bit >> 3]! ^= 1 << (bit & 7);
    altered.push(copy.toString('latin1'));
  }
  const members = ['aurora', 'lakeside', 'meridian', 'st-mary'].map(member);
  const policy = formatNetworkPolicy({ ledger: LEDGER, version: 1, members });
  return { policy, content, texts: [...receipts.map(formatReceipt), ...altered] };
}

async function judgeInChromium(vectors: Vectors): Promise<Judgement> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.evaluate(await browserBundle());
    return await page.evaluate((given) => {
      const { holdfast } = globalThis as unknown as { holdfast: { judge: typeof judge } };
      return holdfast.judge(given);
    }, vectors);
  } finally {
    await browser.close();
  }
}

describeInChromium('src/proof', () => {
  describeVectors('in Chromium', () => {
    let vectors: Vectors;
    let inNode: Judgement;
    let inChromium: Judgement;
    beforeAll(async () => {
      vectors = {
        merkle: Object.fromEntries(KINDS.map((kind) => [kind, merklePaths(kind).map(vectorText)])),
        tlogProof: vectorText('tlog/tlog-proof.json'),
        ed25519: vectorText('tlog/ed25519-cctv/ed25519vectors.json'),
        receipts: await receiptTexts(),
      };
      inNode = judge(vectors);
      inChromium = await judgeInChromium(vectors);
    }, 120_000);
    afterAll(() => {
      const all = [...Object.values(inChromium.merkle), inChromium.tlogProof, inChromium.ed25519].flat();
      const accepted = all.filter((each) => each).length;
      console.info(`Chromium: ${accepted} accepted, ${all.length - accepted} refused, and receipts besides.`);
    });

    test('judges every published case as Node does', () => {
      expect(inChromium).toEqual(inNode);
    });

    test('judges every Merkle case as published', () => {
      for (const kind of KINDS) {
        const wanted = vectors.merkle[kind]!.map(
          (text) => !(JSON.parse(text) as { wantErr: boolean }).wantErr,
        );
        expect(wanted.length).toBeGreaterThan(50);
        expect(inChromium.merkle[kind], kind).toEqual(wanted);
      }
    });

    test('judges every published proof as published', () => {
      const wanted = (JSON.parse(vectors.tlogProof) as { valid: boolean }[]).map(({ valid }) => valid);
      expect(inChromium.tlogProof).toEqual(wanted);
    });

    test('takes 914 edge cases of Ed25519 one by one', () => {
      expect(inChromium.ed25519).toHaveLength(914);
      expect(new Set(inChromium.ed25519).size).toBe(2);
    });

    test('accepts receipts, and refuses each copy with one bit changed', () => {
      expect(inChromium.receipts.slice(0, 5)).toEqual(Array(5).fill('ok'));
      expect(inChromium.receipts.length).toBeGreaterThan(200);
      expect(inChromium.receipts.slice(5).filter((code) => code === 'ok')).toEqual([]);
    });
  });
});
