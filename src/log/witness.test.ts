import { fc, test as property } from '@fast-check/vitest';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nativePrimitives } from '../crypto/index.ts';
import { type Database, openDatabase } from '../database/index.ts';
import {
  CompactRange,
  consistencyProof,
  cosignatureTime,
  ED25519_COSIGNATURE,
  ED25519_NOTE,
  emptyRoot,
  formatCheckpoint,
  type Hash,
  leafHash,
  noteVerifier,
  openNote,
  parseVerifierKey,
  rootAt,
  signCheckpoint,
  toBase64,
} from '../proof/index.ts';
import { Alarms, formatAddCheckpoint, logMigrations, Witness } from './index.ts';
import { originOf, testEntries, testSigner, vkey } from './suite/material.ts';

const ORIGIN = originOf('st-mary');
const logKey = testSigner(ORIGIN, 'log key');
const witnessKey = testSigner('holdfast.local/orgs/aurora/witness', 'witness key');
const own = noteVerifier(parseVerifierKey(vkey(witnessKey, ED25519_COSIGNATURE)), nativePrimitives);

/** A tree of 40 entries, to make heads and proofs of; nothing is mirrored in these tests. */
const leaves = testEntries('witness', 40).map(leafHash);
const nodeAt = (level: number, index: number): Hash => {
  const range = new CompactRange();
  for (const leaf of leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)) range.append(leaf);
  return range.root();
};

let database: Database;
let alarms: Alarms;
let witness: Witness;
let timeMs: number;

beforeEach(() => {
  timeMs = Date.UTC(2026, 10, 1);
  database = openDatabase({ path: ':memory:', migrations: logMigrations });
  alarms = new Alarms({ database, now: () => new Date(timeMs) });
  witness = restarted();
});
afterEach(() => database.close());

function restarted(): Witness {
  return new Witness({
    database,
    signer: witnessKey,
    alarms,
    now: () => new Date(timeMs),
    primitives: nativePrimitives,
    knownLogs: () => [
      { origin: ORIGIN, organisation: 'st-mary', keys: [parseVerifierKey(vkey(logKey, ED25519_NOTE))] },
      { origin: originOf('closed'), organisation: 'closed', keys: [] },
    ],
  });
}

async function head(size: number, root = rootAt(size, nodeAt), signer = logKey): Promise<string> {
  return signCheckpoint(formatCheckpoint({ origin: ORIGIN, size, root }), signer);
}

async function body(oldSize: number, size: number): Promise<string> {
  const proof = oldSize === 0 || oldSize > size ? [] : consistencyProof(oldSize, size, nodeAt);
  return formatAddCheckpoint(oldSize, proof, await head(size));
}

const ask = async (oldSize: number, size: number) => witness.addCheckpoint(await body(oldSize, size));

describe('400: not a request', () => {
  test.each([
    ['nothing', ''],
    ['no old line', '\n\n'],
    ['an old size with a leading zero', 'old 01\n\n'],
    ['a negative old size', 'old -1\n\n'],
    ['two spaces', 'old  1\n\n'],
    ['no checkpoint', 'old 0\n\n'],
    ['a hash that is not base64', 'old 1\nnot base64\n\n'],
    ['a hash of 31 bytes', `old 1\n${toBase64(new Uint8Array(31))}\n\n`],
    ['carriage returns', 'old 0\r\n\r\n'],
    ['a lone surrogate', 'old 0\n\n\ud800'],
    ['a long body', `old 0\n\n${'x'.repeat(70_000)}`],
  ])('%s', async (_name, prefix) => {
    const note = prefix.startsWith('old 0\n\n') ? '' : await head(1);
    expect((await witness.addCheckpoint(prefix + note)).status).toBe(400);
  });

  test('more than 63 hashes', async () => {
    const proof = Array.from({ length: 64 }, () => leaves[0]!);
    expect((await witness.addCheckpoint(formatAddCheckpoint(1, proof, await head(2)))).status).toBe(400);
  });

  test('a checkpoint whose last line is unfinished', async () => {
    expect((await witness.addCheckpoint((await body(0, 1)).slice(0, -1))).status).toBe(400);
  });

  test('an old size beyond the checkpoint, a size beyond 2^53', async () => {
    expect((await ask(5, 3)).status).toBe(400);
    const huge = formatCheckpoint({ origin: ORIGIN, size: 2n ** 60n, root: emptyRoot() });
    expect((await witness.addCheckpoint(`old 0\n\n${await signCheckpoint(huge, logKey)}`)).status).toBe(400);
  });

  property.prop([fc.string({ unit: 'binary', maxLength: 300 }), fc.nat(400)])(
    'no noise in a request makes anything but a refusal',
    async (noise, at) => {
      const request = await body(0, 3);
      const broken = request.slice(0, at) + noise + request.slice(at + noise.length);
      fc.pre(broken !== request);
      expect([400, 403, 404]).toContain((await witness.addCheckpoint(broken)).status);
      expect(witness.witnessedHead(ORIGIN)?.size ?? 0).toBe(0);
    },
  );
});

describe('403 and 404: not a log that may ask', () => {
  test('an origin that no member has', async () => {
    const text = formatCheckpoint({ origin: originOf('nobody'), size: 1, root: leaves[0]! });
    const note = await signCheckpoint(text, testSigner(originOf('nobody'), 'log key'));
    expect((await witness.addCheckpoint(`old 0\n\n${note}`)).status).toBe(404);
  });

  test('a key that is not the log’s, and a closed log', async () => {
    const forged = await head(1, leaves[0]!, testSigner(ORIGIN, 'somebody else'));
    expect((await witness.addCheckpoint(`old 0\n\n${forged}`)).status).toBe(403);
    const closed = formatCheckpoint({ origin: originOf('closed'), size: 1, root: leaves[0]! });
    const note = await signCheckpoint(closed, testSigner(originOf('closed'), 'log key'));
    expect((await witness.addCheckpoint(`old 0\n\n${note}`)).status).toBe(403);
  });

  test('a signature over another head', async () => {
    const [, signature] = (await head(2)).split('\n\n');
    const [text] = (await head(1)).split('\n\n');
    expect((await witness.addCheckpoint(`old 0\n\n${text}\n\n${signature}`)).status).toBe(403);
  });

  test('further signatures by unknown keys do no harm and are not kept', async () => {
    const note =
      (await head(1)) + (await head(1, leaves[0]!, testSigner('example.com/other', 'x'))).split('\n\n')[1];
    expect((await witness.addCheckpoint(`old 0\n\n${note}`)).status).toBe(200);
    expect(witness.witnessedHead(ORIGIN)?.note).not.toContain('example.com/other');
  });
});

describe('409 and 422: not what follows', () => {
  test('another old size is answered with the right one', async () => {
    expect((await ask(0, 5)).status).toBe(200);
    for (const oldSize of [0, 3, 4, 6]) {
      const reply = await ask(oldSize, 7);
      expect(reply).toEqual({ status: 409, contentType: 'text/x.tlog.size', body: '5\n' });
    }
  });

  test('the same size with another root is a conflict, and an alarm with both heads', async () => {
    await ask(0, 5);
    const other = await head(5, leafHash(new Uint8Array(32)));
    const reply = await witness.addCheckpoint(`old 5\n\n${other}`);
    expect(reply).toMatchObject({ status: 409, body: '5\n' });
    const [alarm, ...more] = alarms.list();
    expect(more).toEqual([]);
    expect(alarm).toMatchObject({ code: 'fork', origin: ORIGIN, size: 5 });
    expect(alarm?.detail).toContain(other);
    expect(alarm?.detail).toContain(await head(5));
  });

  test('proofs that are wrong, short, long, or for nothing', async () => {
    await ask(0, 5);
    const right = consistencyProof(5, 9, nodeAt);
    const proofs = [
      [],
      right.slice(1),
      right.slice(0, -1),
      [...right, leaves[0]!],
      right.toReversed(),
      [...right, ...right],
    ];
    for (const proof of proofs) {
      const reply = await witness.addCheckpoint(formatAddCheckpoint(5, proof, await head(9)));
      expect(reply.status).toBe(422);
    }
    expect((await witness.addCheckpoint(formatAddCheckpoint(5, right, await head(5)))).status).toBe(422);
    expect(witness.witnessedHead(ORIGIN)?.size).toBe(5);
  });

  test('the first head needs an empty proof, an empty log the empty root', async () => {
    expect((await witness.addCheckpoint(formatAddCheckpoint(0, [leaves[0]!], await head(1)))).status).toBe(
      422,
    );
    expect(
      (await witness.addCheckpoint(`old 0\n\n${await head(0, leaves[0]!)}`)).status,
    ).toBeGreaterThanOrEqual(409);
    expect((await witness.addCheckpoint(`old 0\n\n${await head(0, emptyRoot())}`)).status).toBe(200);
    expect((await ask(0, 3)).status).toBe(200);
  });
});

describe('200: a cosignature', () => {
  test('is by the witness’s key over the checkpoint, at its time', async () => {
    const reply = await ask(0, 5);
    const { verified } = openNote(`${(await head(5)).split('\n\n')[0]}\n\n${reply.body}`, [own]);
    expect(cosignatureTime(verified[0]!.signature)).toBe(timeMs / 1000);
  });

  test('never says an earlier time than the one before, whatever the clock does', async () => {
    await ask(0, 5);
    timeMs -= 3_600_000;
    const reply = await ask(5, 9);
    const { verified } = openNote(`${(await head(9)).split('\n\n')[0]}\n\n${reply.body}`, [own]);
    expect(cosignatureTime(verified[0]!.signature)).toBe(Date.UTC(2026, 10, 1) / 1000);
  });

  test('is given again for the same head', async () => {
    await ask(0, 5);
    timeMs += 60_000;
    const reply = await ask(5, 5);
    expect(reply.status).toBe(200);
    expect(reply.body).not.toBe((await ask(5, 5)).body.slice(0, -10));
  });

  test('is durable before it is given: a restart forgets nothing', async () => {
    await ask(0, 5);
    witness = restarted();
    expect((await ask(0, 7)).body).toBe('5\n');
    expect((await ask(5, 7)).status).toBe(200);
  });

  test('two requests at once: one is served, the other is told the new size', async () => {
    await ask(0, 5);
    const replies = await Promise.all([ask(5, 9), ask(5, 12), ask(5, 7)]);
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    const size = witness.witnessedHead(ORIGIN)?.size;
    for (const reply of replies) if (reply.status === 409) expect(reply.body).toBe(`${size}\n`);
  });

  test('a flood for one log is put off, not queued without end', async () => {
    const replies = await Promise.all(Array.from({ length: 50 }, () => ask(0, 5)));
    const statuses = replies.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses).toContain(503);
  });
});
