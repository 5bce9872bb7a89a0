import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  consistencyProof,
  entryCommitment,
  formatNetworkPolicy,
  formatTlogProof,
  fromBase64,
  parseTlogProof,
  signCheckpoint,
  toBase64,
  verifyReceipt,
} from '../../src/proof/index.ts';
import { bytesFor, cosignedCheckpoint, eventOf, LEDGER, logSigner, MemoryLog, member } from './network.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-interop-'));
const program = join(folder, 'interop');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Builds the Go program; undefined when it is there, else why it is not. */
function build(): string | undefined {
  const { error, status, stderr } = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  if (error !== undefined) return 'Go is not installed';
  return status === 0 ? undefined : `the Go program cannot be built: ${stderr.trim()}`;
}

const missing = build();
if (missing !== undefined && process.env.CI === 'true')
  throw new Error(`Interoperation cannot be tested: ${missing}.`);
if (missing !== undefined) console.warn(`Skipped: ${missing}.`);

interface Request {
  proof: string;
  entry: string;
  log: string;
  witnesses: string[];
  old?: string;
  consistency?: string[];
}

/** What the independent implementation says about each request. */
function judge(requests: readonly Request[]): string[] {
  const input = requests.map((request) => `${JSON.stringify(request)}\n`).join('');
  const { status, stdout, stderr } = spawnSync(program, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout.trimEnd().split('\n');
}

const ENTRIES = 37;
const OLD_SIZE = 23;
const witnesses = ['lakeside', 'meridian', 'aurora'];
const policy = formatNetworkPolicy({
  ledger: LEDGER,
  version: 1,
  members: [...witnesses, 'st-mary'].map(member),
});
const events = Array.from({ length: ENTRIES }, (_unused, n) => eventOf('st-mary', n));
const entries = events.map((event, n) => entryCommitment(bytesFor(`salt ${n}`), event));
const log = new MemoryLog();
for (const entry of entries) log.append(entry);
const checkpoint = await cosignedCheckpoint(log, 'st-mary', witnesses);
const origin = logSigner('st-mary').name;
const old = await signCheckpoint(log.checkpointText(origin, OLD_SIZE), logSigner('st-mary'));

const requestFor = (index: number, change: Partial<Request> = {}): Request => ({
  proof: log.proof(index, checkpoint),
  entry: toBase64(entries[index] ?? new Uint8Array()),
  log: member('st-mary').log,
  witnesses: witnesses.map((organisation) => member(organisation).witness),
  ...change,
});

const replaceAt = (text: string, pattern: RegExp) => {
  const altered = text.replace(
    pattern,
    (_all, head: string, char: string) => head + (char === 'A' ? 'B' : 'A'),
  );
  if (altered === text) throw new Error('nothing was altered');
  return altered;
};

describe.skipIf(missing !== undefined)('an independent C2SP implementation (golang.org/x/mod/sumdb)', () => {
  test('accepts every entry of a log with its note signature, cosignatures and path, as our verifier does', () => {
    expect(judge(entries.map((_entry, index) => requestFor(index)))).toEqual(entries.map(() => 'ok'));
    const receipt = {
      version: 1,
      event: events[9],
      salt: toBase64(bytesFor('salt 9')),
      proof: requestFor(9).proof,
    };
    expect(verifyReceipt(receipt, { policies: [policy] })).toMatchObject({ ok: true, leafIndex: 9 });
  });

  test('accepts consistency with every earlier size', async () => {
    const requests: Request[] = [];
    for (let size = 1; size <= ENTRIES; size++) {
      const earlier = await signCheckpoint(log.checkpointText(origin, size), logSigner('st-mary'));
      requests.push(
        requestFor(0, {
          old: earlier,
          consistency: consistencyProof(size, ENTRIES, log.nodeAt).map(toBase64),
        }),
      );
    }
    expect(judge(requests)).toEqual(requests.map(() => 'ok'));
  });

  test('refuses what was altered', () => {
    const good = requestFor(9);
    const { hashes, index } = parseTlogProof(good.proof);
    const consistency = consistencyProof(OLD_SIZE, ENTRIES, log.nodeAt).map(toBase64);
    const altered: Record<string, Request> = {
      'another entry': { ...good, entry: requestFor(8).entry },
      'another index': { ...good, proof: good.proof.replace('index 9', 'index 8') },
      'a shorter path': { ...good, proof: formatTlogProof({ index, hashes: hashes.slice(1), checkpoint }) },
      'a longer path': {
        ...good,
        proof: formatTlogProof({ index, hashes: [...hashes, bytesFor('x')], checkpoint }),
      },
      'another hash in the path': { ...good, proof: replaceAt(good.proof, /(index 9\n.{5})(.)/) },
      'another size': { ...good, proof: good.proof.replace(`\n${ENTRIES}\n`, `\n${ENTRIES + 1}\n`) },
      'another log signature': {
        ...good,
        proof: replaceAt(good.proof, /(— holdfast\.local\/orgs\/st-mary .{30})(.)/),
      },
      'another cosignature': {
        ...good,
        proof: replaceAt(good.proof, /(— holdfast\.local\/orgs\/meridian\/witness .{30})(.)/),
      },
      'a missing cosignature': { ...good, proof: good.proof.replace(/— \S+meridian\/witness .*\n/, '') },
      'an old checkpoint of another history': { ...good, old, consistency: consistency.toReversed() },
      'a consistency proof cut short': { ...good, old, consistency: consistency.slice(1) },
    };
    const answers = judge(Object.values(altered));
    const accepted = Object.keys(altered).filter((_name, at) => !answers[at]?.startsWith('refused: '));
    expect(accepted).toEqual([]);
    expect(judge([{ ...good, old, consistency }])).toEqual(['ok']);
    expect(fromBase64(good.entry)).toEqual(entries[9]);
  });
});
