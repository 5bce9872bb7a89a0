import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { signerFor } from '../../test/interop/network.ts';
import { cases, describeVectors, manifest, vectorBytes, vectorText } from '../../test/interop/vectors.ts';
import {
  CompactRange,
  ED25519_NOTE,
  formatCheckpoint,
  formatTlogProof,
  leafHash,
  MAX_PATH_LENGTH,
  noteVerifier,
  openNote,
  parseCheckpoint,
  parseTlogProof,
  parseVerifierKey,
  rootFromLeaves,
  signCheckpoint,
  toBase64,
  utf8,
  verifierKey,
  verifyTlogProof,
} from './index.ts';

const anyRefusal = expect.objectContaining({ name: 'ProofError' });

describeVectors('published proofs', () => {
  test('verify or are refused as published', () => {
    const vectors = cases<{
      name: string;
      leafDataUtf8: string;
      vkey: string;
      proof: string;
      valid: boolean;
    }>('tlog/tlog-proof.json');
    expect(vectors).toHaveLength(14);
    for (const { name, leafDataUtf8, vkey, proof, valid } of vectors) {
      const verify = () =>
        verifyTlogProof(proof, leafHash(utf8(leafDataUtf8)), noteVerifier(parseVerifierKey(vkey)));
      if (valid) expect(verify().origin, name).toBe('example.com/log/testdata');
      else expect(verify, name).toThrow(anyRefusal);
    }
  });

  test('are parsed as published', () => {
    interface ParseCase {
      name: string;
      proof: string;
      parses: boolean;
      index?: string;
      hashes?: string[];
      checkpoint?: string;
      extraBase64?: string;
    }
    const vectors = cases<ParseCase>('tlog/tlog-proof-parse.json');
    expect(vectors).toHaveLength(6);
    for (const vector of vectors) {
      if (!vector.parses) {
        expect(() => parseTlogProof(vector.proof), vector.name).toThrow(anyRefusal);
        continue;
      }
      const proof = parseTlogProof(vector.proof);
      expect({
        ...proof,
        hashes: proof.hashes.map(toBase64),
        extra: proof.extra && toBase64(proof.extra),
      }).toEqual({
        index: BigInt(vector.index ?? ''),
        hashes: vector.hashes,
        checkpoint: vector.checkpoint,
        extra: vector.extraBase64,
      });
      expect(formatTlogProof(proof)).toBe(vector.proof);
    }
  });
});

test('a log does not vouch for the checkpoint of another', async () => {
  const signer = signerFor('example.com/log');
  const verifier = noteVerifier(
    verifierKey({ name: signer.name, type: ED25519_NOTE, publicKey: signer.publicKey }),
  );
  const leaf = leafHash(utf8('entry'));
  const proofUnder = async (origin: string) => {
    const checkpoint = await signCheckpoint(formatCheckpoint({ origin, size: 1, root: leaf }), signer);
    return formatTlogProof({ index: 0, hashes: [], checkpoint });
  };
  expect(verifyTlogProof(await proofUnder('example.com/log'), leaf, verifier).size).toBe(1n);
  const foreign = await proofUnder('example.com/other');
  expect(() => verifyTlogProof(foreign, leaf, verifier)).toThrow(
    expect.objectContaining({ code: 'invalid-proof' }),
  );
});

describeVectors('the static log of tessera', () => {
  const vkey = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';
  const files = manifest('tlog').map(({ path }) => path);
  const sizesOf = (pattern: RegExp) =>
    files
      .flatMap((path) => pattern.exec(path)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);

  /** Entries of a bundle: each after its length in two bytes, big-endian (C2SP tlog-tiles). */
  function entriesOf(bundle: Uint8Array): Uint8Array[] {
    const entries: Uint8Array[] = [];
    for (let at = 0; at < bundle.length; ) {
      const end = at + 2 + new DataView(bundle.buffer).getUint16(at);
      entries.push(bundle.subarray(at + 2, end));
      at = end;
    }
    return entries;
  }

  test('is rebuilt from every entry bundle and equals tile and signed checkpoint', () => {
    const verifier = noteVerifier(parseVerifierKey(vkey));
    const bundles = sizesOf(/^static-log\/tile\/entries\/000\.p\/(\d+)$/);
    const tiles = sizesOf(/^static-log\/tile\/0\/000\.p\/(\d+)$/);
    const checkpoints = sizesOf(/^static-log\/checkpoint\.(\d+)$/);
    expect(bundles.at(-1)).toBe(15);
    const all = entriesOf(vectorBytes('tlog/static-log/tile/entries/000.p/15')).map(leafHash);
    for (const size of bundles) {
      const hashes = entriesOf(vectorBytes(`tlog/static-log/tile/entries/000.p/${size}`)).map(leafHash);
      expect(hashes).toEqual(all.slice(0, size));
    }
    for (const size of tiles) {
      const tile = vectorBytes(`tlog/static-log/tile/0/000.p/${size}`);
      expect([...tile]).toEqual(all.slice(0, size).flatMap((hash) => [...hash]));
    }
    for (const size of checkpoints) {
      const { text } = openNote(vectorText(`tlog/static-log/checkpoint.${size}`), [verifier]);
      const checkpoint = parseCheckpoint(text);
      expect(checkpoint.size).toBe(BigInt(size));
      expect(checkpoint.root).toEqual(rootFromLeaves(all.slice(0, size)));
    }
    const latest = parseCheckpoint(openNote(vectorText('tlog/static-log/checkpoint'), [verifier]).text);
    expect(rootFromLeaves(all)).toEqual(latest.root);
    expect(new CompactRange().root()).toEqual(rootFromLeaves([]));
    expect(bundles.length + tiles.length + checkpoints.length + 1).toBe(
      files.filter((path) => path.startsWith('static-log/')).length,
    );
  });
});

describe('a proof text', () => {
  const hash = toBase64(new Uint8Array(32));
  const header = 'c2sp.org/tlog-proof@v1';

  test.each([
    '',
    header,
    `${header}\n`,
    `${header}\nindex 1\n${hash}\ncheckpoint\n`,
    `${header}\nindex 01\n\nc\n`,
    `${header}\nindex -1\n\nc\n`,
    `${header}\nindex 18446744073709551616\n\nc\n`,
    `${header}\nindex 1 \n\nc\n`,
    `${header}\nIndex 1\n\nc\n`,
    `${header}\nindex 1\nextra AAAA\n\nc\n`,
    `${header}\nextra AAAA\nextra AAAA\nindex 1\n\nc\n`,
    `${header}\nextra AAA\nindex 1\n\nc\n`,
    `${header}\nindex 1\n${hash.slice(4)}\n\nc\n`,
    `${header}\nindex 1\n${hash}\r\n\nc\n`,
    `c2sp.org/tlog-proof@v2\nindex 1\n\nc\n`,
    `\n${header}\nindex 1\n\nc\n`,
  ])('is not %j', (text) => expect(() => parseTlogProof(text)).toThrow(anyRefusal));

  test('has a path no longer than a tree of 2^64 is high', () => {
    const path = (count: number) => `${header}\nindex 1\n${`${hash}\n`.repeat(count)}\nc\n`;
    expect(parseTlogProof(path(MAX_PATH_LENGTH)).hashes).toHaveLength(MAX_PATH_LENGTH);
    expect(() => parseTlogProof(path(MAX_PATH_LENGTH + 1))).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
    expect(() => parseTlogProof(path(100_000))).toThrow(expect.objectContaining({ code: 'too-large' }));
  });

  const hashes = fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: MAX_PATH_LENGTH });
  property.prop([
    fc.option(fc.uint8Array({ maxLength: 60 }), { nil: undefined }),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    hashes,
    fc.string(),
  ])('survives reading and writing', (extra, index, path, checkpoint) => {
    const proof = { ...(extra && { extra }), index, hashes: path, checkpoint };
    expect(parseTlogProof(formatTlogProof(proof))).toEqual(proof);
  });
});
