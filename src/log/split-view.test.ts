import { afterEach, describe, expect, test } from 'vitest';
import { nativePrimitives } from '../crypto/index.ts';
import {
  cosign,
  formatCheckpoint,
  judgeCheckpoint,
  leafHash,
  parsePolicy,
  parseSignedCheckpoint,
  rootFromLeaves,
  signCheckpoint,
} from '../proof/index.ts';
import { encodeEntryBundle } from './entry-bundle.ts';
import { type AnchoredHead, formatAddCheckpoint, type TileSource } from './index.ts';
import { originOf, testEntries } from './suite/material.ts';
import { TestNetwork } from './suite/network.ts';

/**
 * St-mary is malicious: it keeps two histories of its log, signs both with its key, cosigns both with its own witness key, and shows
 * one to some members and the other to others. One malicious member of four is what the network promises to withstand.
 */
const MALICIOUS = 'st-mary';
const ORIGIN = originOf(MALICIOUS);
const COMMON = testEntries('common', 100);
const HISTORIES = { a: [...COMMON, ...testEntries('a', 60)], b: [...COMMON, ...testEntries('b', 90)] };
type History = keyof typeof HISTORIES;

let network: TestNetwork;
/** Which history the malicious member serves to whom. */
let shown: Record<string, History>;
afterEach(() => network.close());

function open(view: Record<string, History>): void {
  shown = view;
  network = new TestNetwork({
    wire: {
      fetch: async (reader, source, path, deliver) =>
        source === MALICIOUS ? served(shown[reader] ?? 'a').resource(path)?.bytes : deliver(),
    },
  });
}

/** A history as tiled log: these stay within one tile of level 0. */
function served(history: History): TileSource {
  const entries = HISTORIES[history];
  return {
    resource(path) {
      const [, level, width] = /^tile\/(0|entries)\/000\.p\/(\d+)$/.exec(path) ?? [];
      if (level === undefined || Number(width) > entries.length) return undefined;
      const part = entries.slice(0, Number(width));
      const packed = new Uint8Array(Buffer.concat(part));
      const bytes =
        level === '0' ? new Uint8Array(Buffer.concat(part.map(leafHash))) : encodeEntryBundle(packed);
      return { bytes, contentType: 'application/octet-stream', immutable: true };
    },
  };
}

async function head(
  history: History,
  size = HISTORIES[history].length,
): Promise<{ text: string; note: string; root: Uint8Array }> {
  const root = rootFromLeaves(HISTORIES[history].slice(0, size).map(leafHash));
  const text = formatCheckpoint({ origin: ORIGIN, size, root });
  return { text, root, note: await signCheckpoint(text, network.member(MALICIOUS).logKey) };
}

/** Shows a history's head to members, and returns the note with their cosignatures and that of the owner's own witness. */
async function gather(
  history: History,
  from: readonly string[],
): Promise<{ note: string; statuses: number[] }> {
  const { text, note } = await head(history);
  const own = await cosign(text, network.time / 1000, network.member(MALICIOUS).witnessKey);
  const replies = [];
  for (const organisation of from) {
    shown[organisation] = history;
    replies.push(await network.member(organisation).witness.addCheckpoint(formatAddCheckpoint(0, [], note)));
  }
  const lines = replies.filter(({ status }) => status === 200).map(({ body }) => body);
  return { note: [note, own, ...lines].join(''), statuses: replies.map(({ status }) => status) };
}

function verdicts(note: string): string[] {
  const signed = parseSignedCheckpoint(note);
  return [network.logPolicy(MALICIOUS), network.networkPolicy()].map((policy) => {
    const verdict = judgeCheckpoint(signed, parsePolicy(policy), nativePrimitives);
    return verdict.ok ? 'accepted' : verdict.code;
  });
}

async function anchored(history: History, size?: number): Promise<AnchoredHead> {
  const { note, root } = await head(history, size);
  return { origin: ORIGIN, size: size ?? HISTORIES[history].length, root, note };
}

describe('a member that cosigns two histories of its own log', () => {
  test('with one victim each, is refused under the policy of the log and under that of the network', async () => {
    open({});
    const a = await gather('a', ['lakeside']);
    const b = await gather('b', ['meridian']);
    expect([a.statuses, b.statuses]).toEqual([[200], [200]]);
    // Each note has two cosignatures, the quorum of four. One of them is the owner's, which counts under neither policy.
    for (const { note } of [a, b]) {
      expect(parseSignedCheckpoint(note).note.signatures).toHaveLength(3);
      expect(verdicts(note)).toEqual(['quorum-missing', 'quorum-missing']);
    }
  });

  test('cannot have a quorum for both: one honest member would have to sign both, and does not', async () => {
    open({});
    const a = await gather('a', ['lakeside', 'meridian']);
    expect(verdicts(a.note)).toEqual(['accepted', 'accepted']);
    const b = await gather('b', ['lakeside', 'meridian', 'aurora']);
    expect(b.statuses).toEqual([409, 409, 200]);
    expect(verdicts(b.note)).toEqual(['quorum-missing', 'quorum-missing']);
  });

  test('is found out by every honest witness that is shown both, with both heads as evidence', async () => {
    open({});
    await gather('b', ['lakeside']);
    await gather('a', ['lakeside']);
    const [alarm] = network.member('lakeside').told;
    expect(alarm).toMatchObject({ code: 'fork', origin: ORIGIN, size: 160 });
    expect(alarm?.detail).toContain((await head('a')).note);
    expect(alarm?.detail).toContain((await head('b')).note);
  });
});

describe('an anchor of the one history', () => {
  test('raises the alarm of a witness that mirrors the other, which then cosigns nothing more of that log', async () => {
    open({});
    await gather('a', ['lakeside']);
    await gather('b', ['meridian', 'aurora']);
    // 150 of b is within what lakeside mirrors of a (160): its own entries say no.
    for (const organisation of ['lakeside', 'meridian', 'aurora']) {
      network.member(organisation).witness.observeAnchor(await anchored('b', 150));
    }
    expect(network.member('lakeside').told).toMatchObject([
      { code: 'anchor-differs', origin: ORIGIN, size: 150 },
    ]);
    expect(network.member('meridian').told).toEqual([]);
    expect(network.member('aurora').told).toEqual([]);
    const { note } = await head('a');
    const reply = await network.member('lakeside').witness.addCheckpoint(formatAddCheckpoint(160, [], note));
    expect(reply.status).toBe(422);
  });

  test('beyond what the witness mirrors is traced through the other members when the owner hides it', async () => {
    open({});
    await gather('b', ['meridian', 'aurora']);
    await gather('a', ['lakeside']);
    const { witness, told } = network.member('lakeside');
    witness.observeAnchor(await anchored('b'));
    expect(told).toEqual([]);
    // The owner still shows lakeside history a; meridian and aurora mirror what they cosigned.
    await witness.explainPendingAnchors();
    expect(told).toMatchObject([{ code: 'anchor-differs', origin: ORIGIN, size: 190 }]);
  });

  test('of the very history that a witness follows is no alarm, also when it is ahead of it', async () => {
    open({});
    await gather('a', ['lakeside', 'meridian']);
    const { witness, told } = network.member('lakeside');
    for (const size of [1, 100, 160]) witness.observeAnchor(await anchored('a', size));
    await witness.explainPendingAnchors();
    expect(told).toEqual([]);
    expect(witness.anchoredTree(ORIGIN)?.head.size).toBe(160);
  });

  test('that nobody explains becomes an alarm after several attempts', async () => {
    open({ lakeside: 'a' });
    await gather('a', ['lakeside']);
    const { witness, told } = network.member('lakeside');
    const elsewhere = rootFromLeaves(testEntries('nowhere', 500).map(leafHash));
    witness.observeAnchor({ origin: ORIGIN, size: 500, root: elsewhere, note: 'a note' });
    for (let attempt = 0; attempt < 12; attempt++) await witness.explainPendingAnchors();
    expect(told).toMatchObject([{ code: 'anchor-unexplained', size: 500 }]);
  });

  test('seen before any entry of the log is kept in mind: a head that contradicts it is refused', async () => {
    open({ lakeside: 'a' });
    network.member('lakeside').witness.observeAnchor(await anchored('b', 150));
    const { statuses } = await gather('a', ['lakeside']);
    expect(statuses).toEqual([422]);
    expect(network.member('lakeside').told).toMatchObject([{ code: 'anchor-differs', size: 150 }]);
  });
});
