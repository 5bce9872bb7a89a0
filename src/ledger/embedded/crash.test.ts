import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EmbeddedEngine, openEmbeddedLedger } from '../index.ts';
import { genesis, set, testContracts, testPublicKey, testSigner } from '../suite/index.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-crash-'));
  path = join(folder, 'ledger.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function ledgerOf(engine: EmbeddedEngine) {
  return engine.connect({
    organisation: 'st-mary',
    role: 'admin',
    key: testSigner('st-mary', 'transaction'),
    publicKey: testPublicKey('st-mary', 'transaction'),
  });
}

function module(file: string): string {
  return JSON.stringify(new URL(file, import.meta.url).href);
}

/** A process that submits as fast as it can, eight at a time, and writes a line for each answer. */
const SUBMITTER = `
  import { writeSync } from 'node:fs';
  import { openEmbeddedLedger } from ${module('../index.ts')};
  import { testContracts } from ${module('../suite/test-contracts.ts')};
  import { testPublicKey, testSigner } from ${module('../suite/test-member.ts')};
  const [path, round] = process.argv.slice(1);
  const engine = openEmbeddedLedger({ path, contracts: testContracts });
  const key = testSigner('st-mary', 'transaction');
  const ledger = engine.connect({ organisation: 'st-mary', role: 'node', key, publicKey: testPublicKey('st-mary', 'transaction') });
  let next = 0;
  const one = async () => {
    for (;;) {
      const id = (next++).toString(16).padStart(30, '0') + round.padStart(2, '0');
      try {
        await ledger.submit({ contract: 'counter', name: 'set', args: { id, sequence: 1, value: 1 } });
        writeSync(1, id + '\\n');
      } catch (error) {
        writeSync(1, (error.code ?? error.message) + '\\n');
        if (error.code === 'unavailable') {
          const state = await ledger.query('counter', 'get', { id: '0'.repeat(30) + round.padStart(2, '0') });
          writeSync(1, 'reads ' + (state?.value === 1) + '\\n');
          return;
        }
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
  engine.close();
`;

function submitter(round: number, limitKilobytes?: number): ChildProcess {
  const command = [process.execPath, '--input-type=module', '-e', SUBMITTER, path, String(round)];
  const limited = ['-c', `ulimit -f ${limitKilobytes}; exec "$0" "$@"`, ...command];
  return limitKilobytes === undefined ? spawn(process.execPath, command.slice(1)) : spawn('bash', limited);
}

/** The lines that a process wrote until it ended; `onLine` sees how many there are so far. */
async function linesOf(
  child: ChildProcess,
  onLine: (lines: number) => void = () => undefined,
): Promise<string[]> {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    onLine(text.split('\n').length - 1);
  });
  await new Promise((resolve) => child.once('close', resolve));
  return text.split('\n').slice(0, -1);
}

test('killed at any moment, the ledger has everything it answered for, once', async () => {
  const first = openEmbeddedLedger({ path, contracts: testContracts });
  await ledgerOf(first).submit(genesis());
  first.close();
  for (const round of [1, 2, 3, 4, 5]) {
    const child = submitter(round);
    const acknowledged = await linesOf(child, (lines) => {
      if (lines > round * 37) child.kill('SIGKILL');
    });
    expect(acknowledged.length).toBeGreaterThan(round * 37);
    const engine = openEmbeddedLedger({ path, contracts: testContracts });
    expect(await engine.problems()).toEqual([]);
    // Everything that was answered is there, and sending it again, as a client does that was cut off, adds nothing.
    const again = await Promise.all(acknowledged.map((id) => ledgerOf(engine).submit(set({ id }))));
    expect(again.every(({ duplicate }) => duplicate)).toBe(true);
    expect(new Set(again.map(({ transaction }) => transaction)).size).toBe(acknowledged.length);
    engine.close();
  }
});

test('on a full disk submitting is refused, reading goes on, and with space it all continues', async () => {
  const first = openEmbeddedLedger({ path, contracts: testContracts });
  await ledgerOf(first).submit(genesis());
  first.close();
  const lines = await linesOf(submitter(1, 600));
  expect(lines).toContain('unavailable');
  expect(lines).toContain('reads true');
  const acknowledged = lines.filter((line) => /^[0-9a-f]{32}$/.test(line));
  expect(acknowledged.length).toBeGreaterThan(10);
  const engine = openEmbeddedLedger({ path, contracts: testContracts });
  expect(await engine.problems()).toEqual([]);
  const again = await Promise.all(acknowledged.map((id) => ledgerOf(engine).submit(set({ id }))));
  expect(again.every(({ duplicate }) => duplicate)).toBe(true);
  expect((await ledgerOf(engine).submit(set())).duplicate).toBe(false);
  engine.close();
});
