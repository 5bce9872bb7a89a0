import { fc, test as property } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  consistencyProof,
  type Hash,
  leafHash,
  parseSignedCheckpoint,
  rootFromLeaves,
  verifyConsistency,
} from '../proof/index.ts';
import { checkLog, formatTilePath } from './index.ts';
import { testEntries } from './suite/material.ts';
import { TestNetwork } from './suite/network.ts';

type Step =
  | { readonly kind: 'append'; readonly count: number; readonly commits: boolean }
  | { readonly kind: 'publish' }
  | { readonly kind: 'crash' }
  | { readonly kind: 'crash-in-publish' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('append' as const), count: fc.nat(600), commits: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'publish' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'crash' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'crash-in-publish' as const }) },
);

/** What the log must be: its entries, and the sizes that were published. */
interface Model {
  readonly entries: Uint8Array[];
  readonly published: number[];
  appended: number;
}

async function apply(network: TestNetwork, model: Model, next: Step): Promise<void> {
  const { database, log } = network.member('st-mary');
  switch (next.kind) {
    case 'append': {
      const entries = testEntries('e', next.count, model.appended);
      model.appended += next.count;
      try {
        database.transaction(() => {
          expect(log.append(entries)).toBe(model.entries.length);
          if (!next.commits) throw new Error('rolled back');
        });
        model.entries.push(...entries);
      } catch (error) {
        if (next.commits) throw error;
      }
      return;
    }
    case 'publish': {
      const { state, size } = await log.publish();
      expect(size).toBe(model.entries.length);
      if (state === 'published') model.published.push(size);
      return;
    }
    case 'crash':
      network.reopen('st-mary');
      return;
    case 'crash-in-publish': {
      const interrupted = log.publish().catch(() => undefined);
      // Some way into it: before the tree is stored, before the signature, or before the answers come.
      for (let i = 0; i < model.appended % 7; i++) await Promise.resolve();
      network.reopen('st-mary');
      await interrupted;
    }
  }
}

/** Tile of the model, by the definition of C2SP tlog-tiles: MTH(D[(n·256 + i)·256^l : (n·256 + i + 1)·256^l]). */
function tileOf(leaves: readonly Hash[], level: number, index: number, width: number): Buffer {
  const span = 256 ** level;
  const hashes = Array.from({ length: width }, (_, i) => {
    const from = (index * 256 + i) * span;
    return rootFromLeaves(leaves.slice(from, from + span));
  });
  return Buffer.concat(hashes);
}

function expectTiles(network: TestNetwork, leaves: readonly Hash[]): void {
  const { source } = network.member('st-mary').log;
  for (let level = 0; 256 ** level <= leaves.length; level++) {
    const hashes = Math.floor(leaves.length / 256 ** level);
    for (let index = 0; index * 256 < hashes; index++) {
      const width = Math.min(256, hashes - index * 256);
      const path = formatTilePath({ level, index, width });
      const bytes = source.resource(path)?.bytes ?? new Uint8Array(0);
      expect(Buffer.compare(bytes, tileOf(leaves, level, index, width)), path).toBe(0);
    }
    expect(
      source.resource(formatTilePath({ level, index: Math.floor(hashes / 256), width: (hashes % 256) + 1 })),
    ).toBeUndefined();
  }
}

describe('whatever is appended, rolled back, published and interrupted', () => {
  property.prop([fc.array(step, { minLength: 1, maxLength: 20 })], { numRuns: 60 })(
    'tree and tiles are those of the committed entries, and all published sizes are consistent',
    async (steps) => {
      const network = new TestNetwork({ files: true, organisations: ['st-mary', 'lakeside'] });
      const model: Model = { entries: [], published: [], appended: 0 };
      try {
        for (const next of steps) await apply(network, model, next);
        await apply(network, model, { kind: 'publish' });
        const { log, database, told } = network.member('st-mary');
        const leaves = model.entries.map(leafHash);
        expect(log.size()).toBe(leaves.length);
        expect(log.rootAt(leaves.length)).toEqual(rootFromLeaves(leaves));
        expectTiles(network, leaves);
        for (const size1 of model.published) {
          for (const size2 of model.published.filter((size) => size >= size1)) {
            const [root1, root2] = [size1, size2].map((size) => rootFromLeaves(leaves.slice(0, size)));
            const proof = consistencyProof(size1, size2, log.nodeAt);
            const claim = { size1: BigInt(size1), size2: BigInt(size2), root1: root1!, root2: root2!, proof };
            expect(verifyConsistency(claim)).toBe(true);
          }
        }
        if (leaves.length > 0)
          expect(parseSignedCheckpoint(log.checkpoint() ?? '').checkpoint.size).toBe(BigInt(leaves.length));
        expect((await checkLog(database)).problems).toEqual([]);
        expect((await checkLog(network.member('lakeside').database)).problems).toEqual([]);
        expect([...told, ...network.member('lakeside').told]).toEqual([]);
      } finally {
        network.close();
      }
    },
    60_000,
  );
});
