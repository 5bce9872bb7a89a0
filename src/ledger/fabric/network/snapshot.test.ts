import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { networkFolder } from './network-folder.ts';
import { layReady } from './snapshot.ts';

const SIGNABLE = '_snapshot_signable_metadata.json';
const FILES = ['public_state.data', 'public_state.metadata', 'txids.data', 'txids.metadata'];
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let from: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-snapshot-'));
  from = join(folder, 'taken');
  mkdirSync(from);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a snapshot as a peer does, of which `listed` files stand in its map; gives its hash. */
function snapshotOf(state: string, listed: readonly string[] = FILES): string {
  for (const name of FILES) writeFileSync(join(from, name), `${name} of ${state}`);
  const hashes = listed.map((name) => [name, sha256(readFileSync(join(from, name)))]);
  const signable = { last_block_number: 7, snapshot_files_raw_hashes: Object.fromEntries(hashes) };
  writeFileSync(join(from, SIGNABLE), JSON.stringify(signable));
  writeFileSync(join(from, '_snapshot_additional_metadata.json'), '{}');
  return sha256(readFileSync(join(from, SIGNABLE)));
}

const network = () => networkFolder(join(folder, 'network'));
const laid = () => join(network().organisation('harbor').joinFrom, 'public_state.data');
const lay = (hash: string) => layReady({ folder: network() }, 'harbor', { folder: from, hash });
const code = (value: string) => expect.objectContaining({ code: value });

describe('a snapshot is joined from', () => {
  test('when it has the hash that the members tell', () => {
    lay(snapshotOf('the ledger').toUpperCase());
    expect(readFileSync(laid(), 'utf8')).toBe('public_state.data of the ledger');
  });

  test('never when somebody made it of another state, however well its files fit each other', () => {
    const told = snapshotOf('the ledger');
    snapshotOf('a forger');
    expect(() => lay(told)).toThrow(code('hash-differs'));
    expect(existsSync(laid())).toBe(false);
  });

  test.each([
    ['no file', []],
    ['no state', FILES.slice(2)],
    ['no transaction ids', FILES.slice(0, 2)],
  ])('never when its map of hashes names %s', (_, listed) => {
    const hash = snapshotOf('the ledger', listed);
    expect(() => lay(hash)).toThrow(code('backup-damaged'));
    expect(existsSync(laid())).toBe(false);
  });

  test('never with a file beside those that its peer hashed: a peer would read it', () => {
    const hash = snapshotOf('the ledger');
    writeFileSync(join(from, 'private_state_hashes.data'), 'of a forger');
    expect(() => lay(hash)).toThrow(code('backup-damaged'));
  });

  test('never with a file that was changed', () => {
    const hash = snapshotOf('the ledger');
    appendFileSync(join(from, 'public_state.data'), '!');
    expect(() => lay(hash)).toThrow(code('backup-damaged'));
  });
});
