import fc from 'fast-check';
import { expect } from 'vitest';
import { FIRST_ENTRY } from '../../numbering.ts';
import type { Plan, SpanTest } from '../plan.ts';
import { EMPTY_BATCH, type SpanRow } from '../rows.ts';
import type { Storage } from '../storage.ts';
import { holds } from './plan-model.ts';
import { blind } from './written-rows.ts';

/** Rows spread over more buckets than are read at once, some of them neighbours. */
const ROWS = Array.from({ length: 300 }, (_, number) => Math.floor(number * (number % 3 === 0 ? 1 : 211.7)));

type Custody = 'resource' | 'audit';

/** What is stored: which rows each key is of, and the spans of one more key. */
interface Stored {
  readonly rids: readonly number[];
  readonly postings: ReadonlyMap<number, number[]>;
  readonly spans: readonly SpanRow[];
}

function spreadFrom(first: number): Stored {
  const rids = [...new Set(ROWS.map((row) => first + row))].sort((a, b) => a - b);
  const postings = new Map<number, number[]>();
  for (const key of [1, 2, 3, 4])
    postings.set(
      key,
      rids.filter((_, at) => at % (key + 1) === 0 || (at >> 4) % 5 === key),
    );
  const spans = rids.flatMap((rid, at): SpanRow[] => {
    if (at % 4 === 3) return [];
    const low = (at * 7919) % 500;
    const width = at % 2 === 0 ? 0 : at % 40;
    return [{ key: blind(9), rid, low, high: low + width, value: low }];
  });
  return { rids, postings, spans };
}

/** In two commits: rows of one bucket must come together from both. */
async function store(storage: Storage, { postings, spans }: Stored): Promise<void> {
  for (const half of [0, 1]) {
    const mine = (rid: number) => rid % 2 === half;
    await storage.commit({
      ...EMPTY_BATCH,
      postings: [...postings].map(([key, all]) => ({ key: blind(key), rids: all.filter(mine) })),
      spans: spans.filter(({ rid }) => mine(rid)),
    });
  }
}

/** Plans over what is stored, some of keys and rows that are not. */
function plansOver(rids: readonly number[], custody: Custody): fc.Arbitrary<Plan> {
  const bound = fc.option(fc.integer({ min: -5, max: 520 }), { nil: undefined });
  const spanTest: fc.Arbitrary<SpanTest> = fc
    .record({
      lowAtLeast: bound,
      lowAtMost: bound,
      highAtLeast: bound,
      highAtMost: bound,
      valueAbove: bound,
      valueBelow: bound,
    })
    .map((each) => Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)));
  const leaf: fc.Arbitrary<Plan> = fc.oneof(
    fc
      .array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 })
      .map((keys): Plan => ({ kind: 'keys', keys: keys.map(blind), custody })),
    spanTest.map((each): Plan => ({ kind: 'span', key: blind(9), test: each, custody })),
    fc
      .array(fc.nat(rids.length - 1), { maxLength: 9 })
      .map((at): Plan => ({ kind: 'rows', rids: at.map((each) => rids[each] ?? 0) })),
  );
  return fc.letrec<{ plan: Plan }>((tie) => ({
    plan: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('plan'), { minLength: 1, maxLength: 3 }).map((plans): Plan => ({ kind: 'or', plans })),
      fc.tuple(tie('plan'), fc.array(fc.tuple(fc.boolean(), tie('plan')), { maxLength: 2 })).map(
        ([one, more]): Plan => ({
          kind: 'and',
          plans: [one, ...more.map(([not, each]): Plan => (not ? { kind: 'not', plan: each } : each))],
        }),
      ),
    ),
  })).plan;
}

/** Everything that a plan finds, page by page. */
async function paged(storage: Storage, plan: Plan, limit: number): Promise<number[]> {
  const found: number[] = [];
  for (;;) {
    const last = found.at(-1);
    const after = last === undefined ? {} : { after: { rid: last, values: [] } };
    const page = await storage.find({ plan, order: [], limit, ...after });
    found.push(...page.map(({ rid }) => rid));
    if (page.length < limit) return found;
  }
}

/** Fails unless a storage, empty so far, finds what plans say, in pages, in order, and counts it. */
export async function findsWhatPlansSay(storage: Storage, custody: Custody): Promise<void> {
  const stored = spreadFrom(custody === 'audit' ? FIRST_ENTRY : 1);
  const { rids, postings, spans } = stored;
  await store(storage, stored);
  const limits = fc.integer({ min: 1, max: 120 });
  await fc.assert(
    fc.asyncProperty(plansOver(rids, custody), limits, fc.boolean(), async (plan, limit, descending) => {
      const expected = rids.filter((rid) => holds(plan, rid, postings, spans)).sort((a, b) => b - a);
      expect(await storage.count(plan)).toBe(expected.length);
      expect(await paged(storage, plan, limit)).toEqual(expected);
      const order = [{ key: blind(9), descending, custody }];
      const sorted = await storage.find({ plan, order, limit: 1_000 });
      const values = sorted.map(({ values: [value] }) => value ?? null);
      const known = values.filter((value) => value !== null);
      expect(known).toEqual(known.toSorted((a, b) => (descending ? b - a : a - b)));
      expect(values.slice(known.length).every((value) => value === null)).toBe(true);
      expect(sorted.map(({ rid }) => rid).toSorted((a, b) => b - a)).toEqual(expected);
    }),
    { numRuns: 120, seed: 31 },
  );
}
