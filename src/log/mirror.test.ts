import { afterEach, describe, expect, test } from 'vitest';
import { encodeEntryBundle } from './entry-bundle.ts';
import type { TileSource } from './index.ts';
import { originOf, testEntries } from './suite/material.ts';
import { TestNetwork } from './suite/network.ts';
import type { Wire } from './suite/wiring.ts';

/** A small step instead of the default one of 65,536. */
const STEP = 2_048;

let network: TestNetwork;
let answers: Promise<{ status: number }>[] = [];
afterEach(() => network.close());

/** A network where one witness, aurora, reads the log of st-mary through `fetch`; the others read it as it is. */
function open(
  fetch: (path: string, deliver: () => Promise<Uint8Array | undefined>) => Promise<Uint8Array | undefined>,
  maxStepEntries = STEP,
) {
  const wire: Wire = {
    fetch: (reader, source, path, deliver) =>
      reader === 'aurora' && source === 'st-mary' ? fetch(path, deliver) : deliver(),
    addCheckpoint: (_from, to, _body, deliver) => {
      const reply = deliver();
      if (to === 'aurora') answers.push(reply);
      return reply;
    },
  };
  answers = [];
  network = new TestNetwork({ wire, files: true, maxStepEntries });
}

const log = () => network.member('st-mary').log;
const aurora = () => network.member('aurora');
const bytesOf = (source: TileSource | undefined, path: string) => source?.resource(path)?.bytes;

/** What aurora answers to the next publication, however long it takes: the log itself does not wait for one of three. */
async function statusOfAurora(): Promise<number | undefined> {
  await log().publish();
  const replies = await Promise.all(answers);
  answers = [];
  return replies.at(-1)?.status;
}

describe('tiles that are not those of the signed head', () => {
  const flipped = (bytes: Uint8Array | undefined) => bytes?.map((byte, i) => (i === 40 ? byte ^ 1 : byte));
  const lies: [string, (bytes: Uint8Array | undefined) => Uint8Array | undefined][] = [
    ['a truncated bundle', (bytes) => bytes?.slice(0, -1)],
    ['half a bundle', (bytes) => bytes?.slice(0, 34 * 100)],
    ['an empty bundle', () => new Uint8Array(0)],
    ['a longer bundle', (bytes) => bytes && new Uint8Array([...bytes, ...bytes.slice(0, 34)])],
    ['one bit of one entry', flipped],
    ['other entries', () => encodeEntryBundle(new Uint8Array(32 * 200))],
    ['entries of another length', (bytes) => bytes?.map((byte, i) => (i === 1 ? 31 : byte))],
  ];
  test.each(lies)('%s: no cosignature, nothing kept, an alarm', async (_name, lie) => {
    open(async (path, deliver) => (path.startsWith('tile/entries') ? lie(await deliver()) : deliver()));
    network.append('st-mary', testEntries('a', 200));
    expect(await statusOfAurora()).toBe(422);
    expect(aurora().witness.witnessedHead(originOf('st-mary'))).toBeUndefined();
    expect(aurora().witness.mirrorSource(originOf('st-mary'))).toBeUndefined();
    expect(aurora().told).toMatchObject([{ code: 'tiles-mismatch', origin: originOf('st-mary'), size: 200 }]);
    // The other two make the quorum: one bad path to one witness does not stop the log.
    expect(log().checkpoint()).toBeDefined();
  });

  test('tiles that are missing or late: no cosignature, no alarm, and one as soon as they are there', async () => {
    let missing = true;
    open(async (_path, deliver) => (missing ? undefined : deliver()));
    network.append('st-mary', testEntries('a', 200));
    expect(await statusOfAurora()).toBe(503);
    expect(aurora().told).toEqual([]);
    missing = false;
    network.append('st-mary', testEntries('b', 1));
    expect(await statusOfAurora()).toBe(200);
  });

  test('a partial tile that is gone is read from the full one', async () => {
    let full: Uint8Array | undefined;
    open(async (path, deliver) => {
      if (path === 'tile/entries/000.p/200') return undefined;
      return path === 'tile/entries/000' ? full : deliver();
    });
    const entries = testEntries('a', 256);
    full = encodeEntryBundle(new Uint8Array(Buffer.concat(entries)));
    network.append('st-mary', entries.slice(0, 200));
    expect(await statusOfAurora()).toBe(200);
  });
});

describe('a witness that is far behind', () => {
  test('catches up in verified steps, over a restart, and then cosigns', async () => {
    let fetched = 0;
    let served = false;
    open(async (path, deliver) => {
      if (!served) return undefined;
      if (path.startsWith('tile/entries')) fetched += 1;
      return deliver();
    });
    network.append('st-mary', testEntries('a', 5_000));
    expect(await statusOfAurora()).toBe(503);
    served = true;
    const perStep = [];
    for (let round = 0; round < 3; round++) {
      fetched = 0;
      network.append('st-mary', testEntries(`round ${round}`, 1));
      perStep.push([await statusOfAurora(), fetched]);
      network.reopen('aurora');
    }
    expect(perStep).toEqual([
      [503, 8],
      [503, 8],
      [200, 4],
    ]);
    expect(aurora().told).toEqual([]);
  });

  test('takes no step that does not lead to the signed head', async () => {
    let lie = false;
    open(async (path, deliver) => {
      const bytes = await deliver();
      return lie && path === 'tile/entries/005'
        ? bytes?.map((byte, i) => (i === 3 ? byte ^ 1 : byte))
        : bytes;
    });
    lie = true;
    network.append('st-mary', testEntries('a', 3_000));
    expect(await statusOfAurora()).toBe(422);
    expect(aurora().told.map(({ code }) => code)).toEqual(['tiles-mismatch']);
    lie = false;
    network.append('st-mary', testEntries('b', 1));
    expect(await statusOfAurora()).toBe(503);
    network.append('st-mary', testEntries('c', 1));
    expect(await statusOfAurora()).toBe(200);
  });
});

describe('a mirror', () => {
  test('serves the same bytes as the log itself', async () => {
    open((_path, deliver) => deliver(), 70_000);
    network.append('st-mary', testEntries('a', 70_000 - 30));
    for (let round = 0; round < 2; round++) {
      network.append('st-mary', testEntries(`round ${round}`, 15));
      await log().publish();
    }
    const mirror = aurora().witness.mirrorSource(originOf('st-mary'));
    // C2SP tlog-tiles names what a tree of 70,000 has: 273 full tiles and one of 112, one full and one of 17, one of 1.
    for (const path of [
      ...['000', '272', '273.p/112', '273.p/1'].flatMap((index) => [
        `tile/0/${index}`,
        `tile/entries/${index}`,
      ]),
      ...['tile/1/000', 'tile/1/001.p/17', 'tile/2/000.p/1'],
    ]) {
      const bytes = bytesOf(log().source, path);
      expect(bytes?.length, path).toBeGreaterThan(0);
      expect(Buffer.compare(bytesOf(mirror, path) ?? new Uint8Array(0), bytes!), path).toBe(0);
    }
    for (const path of [
      'tile/0/273',
      'tile/0/273.p/113',
      'tile/1/001',
      'tile/2/000.p/2',
      'tile/3/000.p/1',
      'tile/entries/274',
    ]) {
      expect(bytesOf(mirror, path), path).toBeUndefined();
    }
    const note = Buffer.from(bytesOf(mirror, 'checkpoint')!).toString();
    expect(note.split('\n')[0]).toBe(originOf('st-mary'));
    expect(note).toContain('— holdfast.local/orgs/aurora/witness ');
  }, 60_000);

  test('exists only for logs that were cosigned, and never for its own', async () => {
    open((_path, deliver) => deliver());
    network.append('aurora', testEntries('own', 3));
    await aurora().log.publish();
    for (const organisation of ['aurora', 'lakeside', 'nobody']) {
      expect(aurora().witness.mirrorOf(organisation, 1)).toBeUndefined();
    }
    expect(network.member('lakeside').witness.mirrorOf('aurora', 1)).toBeDefined();
    expect(network.member('lakeside').witness.mirrorOf('aurora', 2)).toBeUndefined();
  });
});
