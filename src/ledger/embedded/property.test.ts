import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EmbeddedEngine, LedgerError, openEmbeddedLedger } from '../index.ts';
import { genesis, set, testContracts, testPublicKey, testSigner } from '../suite/index.ts';

const IDS = ['1', '2', '3'].map((digit) => digit.repeat(32));
const ORGANISATIONS = ['st-mary', 'lakeside', 'aurora'] as const;

interface Operation {
  readonly object: number;
  /** Added to the object's next sequence: 0 is right, −1 says the last step again or anew. */
  readonly offset: number;
  readonly value: number;
  readonly organisation: number;
}

const operation: fc.Arbitrary<Operation> = fc.record({
  object: fc.nat(IDS.length - 1),
  offset: fc.constantFrom(0, 0, 0, -1, -1, -2, 1),
  value: fc.constantFrom(1, 2, 1_001),
  organisation: fc.nat(ORGANISATIONS.length - 1),
});

function open(path: string): EmbeddedEngine {
  return openEmbeddedLedger({ path, contracts: testContracts });
}

async function submit(engine: EmbeddedEngine, organisation: string, args: object): Promise<string> {
  const publicKey = testPublicKey(organisation, 'transaction');
  const key = testSigner(organisation, 'transaction');
  const ledger = engine.connect({ organisation, role: 'node', key, publicKey });
  try {
    return (await ledger.submit(set({ ...args }))).duplicate ? 'duplicate' : 'committed';
  } catch (error) {
    if (error instanceof LedgerError) return error.code;
    throw error;
  }
}

/** What the ledger promises, in ten lines: the values of each object's steps so far. */
class Model {
  readonly steps = IDS.map((): number[] => []);

  apply(object: number, sequence: number, value: number): string {
    const steps = this.steps[object] ?? [];
    if (sequence >= 1 && sequence <= steps.length)
      return steps[sequence - 1] === value ? 'duplicate' : 'conflict';
    if (sequence !== steps.length + 1) return 'conflict';
    if (value > 1_000) return 'rejected';
    steps.push(value);
    return 'committed';
  }
}

test('any order of right, repeated, wrong and refused steps ends in the state of a tiny model, and replays to the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(operation, { maxLength: 8 }), { maxLength: 6 }), async (groups) => {
      const folder = mkdtempSync(join(tmpdir(), 'holdfast-property-'));
      const path = join(folder, 'ledger.db');
      const model = new Model();
      let engine = open(path);
      const key = testSigner('st-mary', 'transaction');
      const publicKey = testPublicKey('st-mary', 'transaction');
      await engine.connect({ organisation: 'st-mary', role: 'admin', key, publicKey }).submit(genesis());
      for (const group of groups) {
        // A group goes in together: one block, whose transactions see one another.
        const wanted = group.map(({ object, offset, value, organisation }) => {
          const sequence = Math.max(0, (model.steps[object]?.length ?? 0) + 1 + offset);
          const expected = model.apply(object, sequence, value);
          return {
            expected,
            organisation: ORGANISATIONS[organisation] ?? '',
            args: { id: IDS[object] ?? '', sequence, value },
          };
        });
        const got = await Promise.all(
          wanted.map(({ organisation, args }) => submit(engine, organisation, args)),
        );
        expect(got).toEqual(wanted.map(({ expected }) => expected));
      }
      expect(await engine.problems()).toEqual([]);
      engine.close();
      engine = open(path);
      for (const [object, steps] of model.steps.entries()) {
        const ledger = engine.connect({ organisation: 'st-mary', role: 'node', key, publicKey });
        const state = await ledger.query('counter', 'get', { id: IDS[object] ?? '' });
        if (steps.length === 0) expect(state).toBeNull();
        else expect(state).toMatchObject({ value: steps.at(-1) });
      }
      engine.close();
      rmSync(folder, { recursive: true, force: true });
    }),
    { numRuns: 60 },
  );
});
