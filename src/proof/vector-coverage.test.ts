import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeVectors, manifest, vectorBytes } from '../../test/interop/vectors.ts';

/** Which test reads which files of the folder `tlog`. */
const readers: [RegExp, string][] = [
  [/^checkpoint\.json$/, 'checkpoint.test.ts'],
  [/^cosignature\.json$/, 'cosignature.test.ts'],
  [/^(vkeys|log-ids)\.json$/, 'verifier-key.test.ts'],
  [/^signed-note\.json$/, 'note.test.ts'],
  [/^tlog-proof(-parse)?\.json$/, 'tlog-proof.test.ts'],
  [/^static-log\//, 'tlog-proof.test.ts'],
  [/^jcs\//, 'jcs.test.ts'],
  [/^ed25519-cctv\//, 'crypto.test.ts'],
  [/^wycheproof\/ed25519_test\.json$/, 'crypto.test.ts'],
  [/^wycheproof\/hkdf_sha256_test\.json$/, 'hash.test.ts'],
];

/** Read by rooms that have those primitives: the witness, sealing, key agreement; ML-DSA-44 signatures are not verified yet. */
const elsewhere = [
  'witness-add-checkpoint.json',
  'wycheproof/aes_gcm_test.json',
  'wycheproof/x25519_test.json',
  'wycheproof/mldsa_44_verify_test.json',
];

describeVectors('the shared vectors', () => {
  test.each([
    ['merkle', 317],
    ['tlog', 71],
  ])('of %s are all there and as they were published', (folder, count) => {
    const files = manifest(folder);
    expect(files).toHaveLength(count);
    for (const { path, bytes, sha256 } of files) {
      const content = vectorBytes(`${folder}/${path}`);
      const digest = createHash('sha256').update(content).digest('hex');
      expect({ path, bytes: content.length, digest }).toEqual({ path, bytes, digest: sha256 });
    }
  });

  test('of tlog each have a test in this room that names them, or a reason', () => {
    const unread = manifest('tlog').filter(
      ({ path }) => !elsewhere.includes(path) && !readers.some(([pattern]) => pattern.test(path)),
    );
    expect(unread.map(({ path }) => path)).toEqual([]);
    for (const [pattern, name] of readers) {
      const text = readFileSync(join(import.meta.dirname, name), 'utf8');
      const stem = pattern.source.replace(/^\^|\(.*|\\.*/g, '');
      expect(text.includes(`tlog/${stem}`) || text.includes(stem), `${name} for ${pattern.source}`).toBe(
        true,
      );
    }
  });
});
