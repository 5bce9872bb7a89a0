import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LedgerError, type TransactionArgs } from '../ledger/index.ts';
import {
  consistencyProof,
  cosign,
  cosignatureTime,
  formatCheckpoint,
  leafHash,
  noteVerifier,
  openNote,
  parsePolicy,
  parseSignedCheckpoint,
  rootFromLeaves,
  signCheckpoint,
  toBase64,
} from '../proof/index.ts';
import { TestLedger } from './suite/ledger.ts';
import { originOf, testEntries } from './suite/material.ts';
import { TestNetwork } from './suite/network.ts';

const ORIGIN = originOf('st-mary');
let network: TestNetwork;
let ledger: TestLedger;
beforeEach(async () => {
  network = new TestNetwork();
  ledger = await TestLedger.begin(network);
});
afterEach(() => {
  network.close();
  ledger.close();
});

const log = () => network.member('st-mary').log;

/** The arguments of a right anchor of what was appended; a test then bends one of them. */
async function anchorArgs(
  sequence: number,
  from = 0,
  signers = ['lakeside', 'meridian'],
): Promise<TransactionArgs> {
  await log().publish();
  const { size, note } = log().cosigned()!;
  const { checkpoint } = parseSignedCheckpoint(note);
  const text = `${note.split('\n\n')[0]}\n`;
  return {
    generation: 1,
    sequence,
    size,
    root: toBase64(checkpoint.root),
    consistency: from === 0 ? [] : consistencyProof(from, size, log().nodeAt).map(toBase64),
    signature: toBase64(parseSignedCheckpoint(note).note.signatures[0]!.signature),
    cosignatures: await Promise.all(signers.map((organisation) => cosignatureOf(organisation, text))),
    policy: 1,
  };
}

async function cosignatureOf(organisation: string, text: string) {
  const line = await cosign(text, network.time / 1000, network.member(organisation).witnessKey);
  const key = parsePolicy(network.networkPolicy()).witnesses.get(organisation)!;
  const { signature } = openNote(`${text}\n${line}`, [noteVerifier(key)]).verified[0]!;
  return { organisation, time: cosignatureTime(signature)!, signature: toBase64(signature.subarray(8)) };
}

async function outcome(args: TransactionArgs, organisation = 'st-mary', name = 'append'): Promise<string> {
  try {
    const { duplicate } = await ledger.of(organisation).submit({ contract: 'anchors', name, args });
    return duplicate ? 'duplicate' : 'committed';
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return error.reason ?? error.code;
  }
}

const flipped = (base64: unknown) => {
  const bytes = Buffer.from(String(base64), 'base64');
  bytes[40 % bytes.length]! ^= 1;
  return bytes.toString('base64');
};

describe('an anchor is refused', () => {
  beforeEach(async () => {
    network.append('st-mary', testEntries('a', 5));
    expect(await outcome(await anchorArgs(1))).toBe('committed');
    network.append('st-mary', testEntries('b', 4));
  });

  test.each<[string, string, (args: TransactionArgs) => TransactionArgs | Promise<TransactionArgs>]>([
    [
      'log-signature-invalid',
      'with one bit of the log’s signature',
      (args) => ({ ...args, signature: flipped(args.signature) }),
    ],
    ['inconsistent', 'with another root', (args) => ({ ...args, root: flipped(args.root) })],
    ['inconsistent', 'with another size', (args) => ({ ...args, size: 8 })],
    ['inconsistent', 'without its proof', (args) => ({ ...args, consistency: [] })],
    ['not-newer', 'of an earlier size', (args) => ({ ...args, size: 4 })],
    ['forked', 'of the anchored size with another root', (args) => ({ ...args, size: 5 })],
    ['sequence', 'out of sequence', (args) => ({ ...args, sequence: 3 })],
    ['sequence', 'again with other content', (args) => ({ ...args, sequence: 1 })],
    [
      'unknown-log',
      'of a log that membership does not have',
      (args) => ({ ...args, generation: 2, sequence: 1 }),
    ],
    ['policy-version', 'under an older policy', (args) => ({ ...args, policy: 0 })],
    ['quorum-missing', 'with one witness of three', () => anchorArgs(2, 5, ['aurora'])],
    ['quorum-missing', 'with one witness and the owner’s own', () => anchorArgs(2, 5, ['aurora', 'st-mary'])],
    ['quorum-missing', 'with one witness twice', () => anchorArgs(2, 5, ['aurora', 'aurora'])],
    [
      'cosignature-invalid',
      'with a quorum and one cosignature that does not verify',
      async (args) => {
        const [last, ...others] = (await anchorArgs(2, 5, ['aurora'])).cosignatures as {
          time: number;
          signature: string;
        }[];
        const late = { ...last, time: last!.time + 60 };
        return { ...args, cosignatures: [...(args.cosignatures as object[]), late, ...others] as never };
      },
    ],
    [
      'unknown-signer',
      'with a witness that is no member',
      (args) => ({
        ...args,
        cosignatures: (args.cosignatures as object[]).map((line) => ({
          ...line,
          organisation: 'nobody',
        })) as never,
      }),
    ],
    ['malformed', 'with text where a hash belongs', (args) => ({ ...args, root: 'a name' })],
    ['malformed', 'with a field of its own', (args) => ({ ...args, note: 'hello' })],
    ['malformed', 'with too many hashes', (args) => ({ ...args, consistency: Array(65).fill(args.root) })],
  ])('%s: %s', async (code, _name, bend) => {
    const args = await bend(await anchorArgs(2, 5));
    expect(await outcome(args)).toBe(code);
    expect(await ledger.of('aurora').query('anchors', 'head', { origin: ORIGIN })).toMatchObject({
      sequence: 1,
      size: 5,
    });
  });

  test('unknown-signer or signature: by another member than the log’s owner', async () => {
    expect(await outcome({ ...(await anchorArgs(2, 5)), sequence: 1, consistency: [] }, 'meridian')).toBe(
      'log-signature-invalid',
    );
  });

  test('log-closed: once a successor has taken over', async () => {
    const args = await anchorArgs(2, 5);
    await ledger.closeLog('st-mary', 5);
    expect(await outcome(args)).toBe('log-closed');
  });
});

describe('an anchor', () => {
  test('sent again changes nothing and succeeds', async () => {
    network.append('st-mary', testEntries('a', 5));
    const args = await anchorArgs(1);
    expect([await outcome(args), await outcome(args)]).toEqual(['committed', 'duplicate']);
  });

  test('of an empty log, or a first one with a proof, is refused', async () => {
    const root = rootFromLeaves([]);
    const note = await signCheckpoint(
      formatCheckpoint({ origin: ORIGIN, size: 0, root }),
      network.member('st-mary').logKey,
    );
    const signature = toBase64(parseSignedCheckpoint(note).note.signatures[0]!.signature);
    const empty = {
      generation: 1,
      sequence: 1,
      size: 0,
      root: toBase64(root),
      consistency: [],
      signature,
      cosignatures: [],
      policy: 1,
    };
    expect(await outcome(empty)).toBe('not-newer');
    network.append('st-mary', testEntries('a', 1));
    const first = await anchorArgs(1);
    expect(await outcome({ ...first, consistency: [toBase64(leafHash(new Uint8Array(32)))] })).toBe(
      'inconsistent',
    );
  });

  test('is found by head and history; nothing anchored is null and an empty list', async () => {
    const node = ledger.of('aurora');
    expect(await node.query('anchors', 'head', { origin: ORIGIN })).toBeNull();
    expect(await node.query('anchors', 'history', { origin: ORIGIN, from: 0 })).toEqual([]);
    for (let sequence = 1; sequence <= 3; sequence++) {
      const from = log().cosigned()?.size ?? 0;
      network.append('st-mary', testEntries(`${sequence}`, 2));
      expect(await outcome(await anchorArgs(sequence, from))).toBe('committed');
    }
    expect(await node.query('anchors', 'head', { origin: ORIGIN })).toMatchObject({ sequence: 3, size: 6 });
    const sizes = async (from: number) =>
      ((await node.query('anchors', 'history', { origin: ORIGIN, from })) as { size: number }[]).map(
        ({ size }) => size,
      );
    expect([await sizes(0), await sizes(1), await sizes(3), await sizes(4)]).toEqual([
      [2, 4, 6],
      [2, 4, 6],
      [6],
      [],
    ]);
  });
});

describe('a destroyed key', () => {
  const id = (digit: string) => digit.repeat(32);

  test('is committed by its random id, in order and once', async () => {
    expect(await outcome({ id: id('a'), sequence: 1 }, 'st-mary', 'eraseKey')).toBe('committed');
    expect(await outcome({ id: id('a'), sequence: 1 }, 'st-mary', 'eraseKey')).toBe('duplicate');
    expect(await outcome({ id: id('a'), sequence: 2 }, 'st-mary', 'eraseKey')).toBe('already-erased');
    expect(await outcome({ id: id('b'), sequence: 1 }, 'st-mary', 'eraseKey')).toBe('sequence');
    expect(await outcome({ id: 'Mrs Smith', sequence: 2 }, 'st-mary', 'eraseKey')).toBe('malformed');
    expect(await outcome({ id: id('b'), sequence: 2 }, 'st-mary', 'eraseKey')).toBe('committed');
    expect(await outcome({ id: id('a'), sequence: 1 }, 'lakeside', 'eraseKey')).toBe('committed');
    const found = await ledger
      .of('aurora')
      .query('anchors', 'erasures', { organisation: 'st-mary', from: 1 });
    expect(found).toMatchObject([
      { id: id('a'), sequence: 1 },
      { id: id('b'), sequence: 2 },
    ]);
  });
});
