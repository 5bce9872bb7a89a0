import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  consistencyProof,
  entryCommitment,
  fromBase64,
  judgeCheckpoint,
  leafHash,
  nodeHash,
  parsePolicy,
  parseSignedCheckpoint,
  parseTlogProof,
  rootFromLeaves,
  toBase64,
} from '../../src/proof/index.ts';
import { nativePrimitives } from '../interop/native.ts';
import { judge, networkPolicy, type Organisation } from './harness/organisation.ts';
import { type RunningNode, startNode } from './harness/running-node.ts';
import { until } from './harness/until.ts';

let node: RunningNode;
let hospital: Organisation;
beforeAll(async () => {
  node = await startNode({ patients: 2 });
  hospital = node.organisation('st-mary');
});
afterAll(() => node?.stop());

const checkpointOf = async (organisation: string) => {
  const answer = await node.send(`/orgs/${organisation}/log/checkpoint`);
  expect(answer.status).toBe(200);
  return { text: answer.text, ...parseSignedCheckpoint(answer.text) };
};

/** Every entry below a size, read as any auditor would. */
async function entriesOf(prefix: string, size: number): Promise<Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for (let index = 0; index * 256 < size; index++) {
    const width = Math.min(256, size - index * 256);
    const name = String(index).padStart(3, '0');
    const path = `${prefix}/tile/entries/${name}${width === 256 ? '' : `.p/${width}`}`;
    const { status, bytes } = await node.send(path);
    expect([path, status]).toEqual([path, 200]);
    expect(bytes).toHaveLength(width * 34);
    for (let at = 0; at < bytes.length; at += 34) {
      expect(bytes.readUInt16BE(at)).toBe(32);
      entries.push(new Uint8Array(bytes.subarray(at + 2, at + 34)));
    }
  }
  return entries;
}

describe('a log is public, and its checkpoint says exactly what is in it', () => {
  test.each(['st-mary', 'lakeside', 'meridian', 'aurora'])(
    '%s: entries hash to the cosigned root',
    async (organisation) => {
      await node.organisation(organisation).create({ resourceType: 'Basic', code: { text: 'entry' } });
      const { checkpoint, note } = await checkpointOf(organisation);
      expect(checkpoint.origin).toMatch(new RegExp(`/orgs/${organisation}$`));
      const leaves = (await entriesOf(`/orgs/${organisation}/log`, Number(checkpoint.size))).map(leafHash);
      expect(toBase64(rootFromLeaves(leaves))).toBe(toBase64(checkpoint.root));
      for (const path of ['/policy', `/orgs/${organisation}/log/policy`]) {
        const policy = parsePolicy((await node.send(path)).text);
        const verdict = judgeCheckpoint({ checkpoint, note }, policy, nativePrimitives);
        expect(verdict).toMatchObject({ ok: true });
      }
      const owner = note.signatures.filter(({ name }) => name.endsWith(`/${organisation}/witness`));
      expect(owner).toEqual([]);
    },
  );

  test('hash tiles hold the hashes of the entries', async () => {
    const { checkpoint } = await checkpointOf('st-mary');
    const width = Math.min(256, Number(checkpoint.size));
    const entries = await entriesOf('/orgs/st-mary/log', width);
    const tile = await node.send(`/orgs/st-mary/log/tile/0/000${width === 256 ? '' : `.p/${width}`}`);
    expect(tile.bytes.equals(Buffer.concat(entries.map(leafHash)))).toBe(true);
    expect(tile.headers['cache-control']).toContain('immutable');
  });

  test.each([
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/0',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/x000/000',
    'tile/entries/000.p/999',
    'tile/entries',
    'tile/../checkpoint',
    'tile/0/999',
    'tile/0/x999/x999/999',
    'nonsense',
  ])('%s is refused', async (path) => {
    const answer = await node.send(`/orgs/st-mary/log/${path}`);
    expect([400, 404]).toContain(answer.status);
    expect(answer.json.code).toMatch(/^[a-z-]+$/);
  });

  test('the log grows: a later checkpoint extends an earlier one, and an auditor can prove it', async () => {
    const first = await checkpointOf('lakeside');
    await node.organisation('lakeside').create({ resourceType: 'Basic', code: { text: 'growth' } });
    const second = await until('a new checkpoint', async () => {
      const next = await checkpointOf('lakeside');
      return next.checkpoint.size > first.checkpoint.size ? next : undefined;
    });
    const leaves = (await entriesOf('/orgs/lakeside/log', Number(second.checkpoint.size))).map(leafHash);
    const prefix = leaves.slice(0, Number(first.checkpoint.size));
    expect(toBase64(rootFromLeaves(prefix))).toBe(toBase64(first.checkpoint.root));
    const nodeAt = (level: number, index: number): Uint8Array =>
      level === 0 ? leaves[index]! : nodeHash(nodeAt(level - 1, index * 2), nodeAt(level - 1, index * 2 + 1));
    expect(consistencyProof(prefix.length, leaves.length, nodeAt).length).toBeGreaterThanOrEqual(0);
  });

  test('what a log holds is the commitment of the receipt, and nothing that tells what it is about', async () => {
    const { id } = await hospital.create({ resourceType: 'Basic', code: { text: 'committed' } });
    const receipt = await hospital.receipt(`Basic/${id}`);
    const { index } = parseTlogProof(receipt.proof);
    const { checkpoint } = await checkpointOf('st-mary');
    const entries = await entriesOf('/orgs/st-mary/log', Number(checkpoint.size));
    const commitment = entryCommitment(fromBase64(receipt.salt), receipt.event);
    expect(toBase64(entries[Number(index)]!)).toBe(toBase64(commitment));
  });
});

describe('witnesses', () => {
  const add = (body: string, organisation = 'lakeside') =>
    node.send(`/orgs/${organisation}/log/add-checkpoint`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain' },
    });
  const request = (old: number, note: string, hashes: string[] = []) =>
    [`old ${old}`, ...hashes, '', note].join('\n');

  test('a malformed request is 400, an unknown log 404, a forged signature 403', async () => {
    const { text, checkpoint } = await checkpointOf('st-mary');
    for (const body of [
      '',
      'old',
      'old x\n\n',
      'old -1\n\nx',
      `old 0\n!!\n\n${text}`,
      `old ${10n ** 30n}\n\n${text}`,
    ])
      expect([body, (await add(body)).status]).toEqual([body, 400]);
    expect((await add(request(0, text.slice(0, text.length / 2)))).status).toBe(400);
    expect((await add(request(Number(checkpoint.size) + 1, text))).status).toBe(400);
    const unknown = text.replace(checkpoint.origin, 'example.com/nobody');
    expect((await add(request(0, unknown))).status).toBe(404);
    const forged = text.replace(`\n${checkpoint.size}\n`, `\n${checkpoint.size + 5n}\n`);
    expect((await add(request(0, forged))).status).toBe(403);
    expect((await add('x'.repeat(200_000))).status).toBe(413);
  });

  test('an old size that is not the last cosigned is 409 with that size', async () => {
    const { text, checkpoint } = await checkpointOf('st-mary');
    const answer = await add(request(Number(checkpoint.size) - 1, text, [toBase64(new Uint8Array(32))]));
    expect([409, 422]).toContain(answer.status);
    if (answer.status !== 409) return;
    expect(answer.headers['content-type']).toContain('text/x.tlog.size');
    expect(Number(answer.text)).toBeGreaterThanOrEqual(Number(checkpoint.size));
  });

  test('a proof that does not fit is 422 or 409, never a cosignature', async () => {
    const answer = await until('an attempt that met the current size', async () => {
      const { text, checkpoint } = await checkpointOf('st-mary');
      const tried = await add(request(Number(checkpoint.size), text, [toBase64(new Uint8Array(32))]));
      return tried.status === 409 ? undefined : tried;
    });
    expect(answer.status).toBe(422);
  });

  test('every member mirrors the others’ entries, and serves what its owner serves', async () => {
    const { checkpoint } = await checkpointOf('st-mary');
    const size = Number(checkpoint.size);
    const own = await entriesOf('/orgs/st-mary/log', size);
    for (const witness of ['lakeside', 'meridian', 'aurora']) {
      const mirrored = await entriesOf(`/orgs/${witness}/log/mirror/st-mary`, size);
      expect([witness, mirrored.length]).toEqual([witness, own.length]);
      expect(Buffer.concat(mirrored).equals(Buffer.concat(own))).toBe(true);
    }
    expect((await node.send('/orgs/lakeside/log/mirror/nobody/tile/0/000')).status).toBe(404);
    expect((await node.send('/orgs/lakeside/log/mirror/st-mary/1/tile/0/000')).status).toBe(404);
    expect((await node.send('/orgs/lakeside/log/mirror/st-mary/2/tile/0/000')).status).toBe(404);
  });
});

describe('renewal', () => {
  const renew = (organisation: string, body: unknown) =>
    node.send(`/orgs/${organisation}/log/renew`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  test('any member gives a newer proof for an old receipt, which verifies', async () => {
    const { id } = await hospital.create({ resourceType: 'Basic', code: { text: 'renewed' } });
    const receipt = await hospital.receipt(`Basic/${id}`);
    const leaf = toBase64(entryCommitment(fromBase64(receipt.salt), receipt.event));
    const policies = [await networkPolicy(node.port)];
    for (const organisation of node.organisations) {
      const answer = await until(`${organisation} renews`, async () => {
        const tried = await renew(organisation, { leaf, proof: receipt.proof });
        return tried.status === 503 ? undefined : tried;
      });
      expect([organisation, answer.status, answer.text.slice(0, 21)]).toEqual([
        organisation,
        200,
        'c2sp.org/tlog-proof@v',
      ]);
      const { event, salt, version } = receipt;
      expect(judge({ version, event, salt, proof: answer.text }, policies)).toMatchObject({ ok: true });
    }
  });

  test('is refused for another leaf, an altered proof, another log, and nonsense', async () => {
    const { id } = await hospital.create({ resourceType: 'Basic', code: { text: 'not renewed' } });
    const { proof, salt, event } = await hospital.receipt(`Basic/${id}`);
    const leaf = toBase64(entryCommitment(fromBase64(salt), event));
    const cases: [unknown, number][] = [
      [{ leaf: toBase64(new Uint8Array(32)), proof }, 422],
      [{ leaf, proof: proof.replace(/index \d+/, 'index 0') }, 422],
      [{ leaf, proof: proof.replaceAll('/orgs/st-mary', '/orgs/nobody') }, 404],
      [{ leaf: 'short', proof }, 400],
      [{ leaf }, 400],
      ['{', 400],
      [[], 400],
    ];
    for (const [body, status] of cases) expect((await renew('st-mary', body)).status).toBe(status);
  });
});

describe('trust policies', () => {
  test('are versioned: the newest by default, any older by number, nothing else', async () => {
    const newest = await networkPolicy(node.port);
    const version = Number(/^# holdfast policy [0-9a-f]{32} (\d+)/.exec(newest)?.[1]);
    expect(await networkPolicy(node.port, version)).toBe(newest);
    for (const path of ['/policy', '/orgs/st-mary/log/policy']) {
      expect((await node.send(`${path}?version=${version + 1000}`)).status).toBe(404);
      expect((await node.send(`${path}?version=x`)).status).toBe(400);
    }
  });

  test('of four members: two of three others must cosign', async () => {
    const policy = (await node.send('/orgs/st-mary/log/policy')).text;
    expect(policy).toContain('group witnesses 2 aurora lakeside meridian');
    expect(policy).not.toMatch(/^witness st-mary/m);
    const network = await networkPolicy(node.port);
    expect(network.match(/^log /gm)).toHaveLength(4);
    expect(network.match(/^# ledger /gm)).toHaveLength(4);
  });
});
