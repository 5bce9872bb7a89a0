import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Blind, blindOf } from '../../blind-index/blind-key.ts';
import { FIRST_ENTRY } from '../../numbering.ts';
import type { Plan, SpanTest } from '../plan.ts';
import { type Batch, EMPTY_BATCH, type ResourceRow, type SpanRow, type VersionRow } from '../rows.ts';
import type { AnyIterable, Storage } from '../storage.ts';

/** A storage to test, empty, with the log that it appends to. */
export interface StorageUnderTest {
  readonly storage: Storage;
  /** What was appended to the log and is durable. */
  readonly logged: () => Promise<number>;
  /** Makes the log refuse from now on. */
  readonly refuse: () => void;
  readonly close: () => Promise<void>;
}

const blind = (number: number): Blind => blindOf(Buffer.alloc(16, number));
const bytes = (number: number): Uint8Array => new Uint8Array(32).fill(number);

/** The rows of one new resource with its entry, as a commit has them. */
function created(rid: number, entry: number, more: Partial<VersionRow> = {}): Batch {
  const version: VersionRow = {
    entry,
    rid,
    version: 1,
    type: 'Observation',
    updatedMs: 1_000 + rid,
    generation: 0,
    state: 'live',
    sealed: bytes(rid),
    ...more,
  };
  return {
    ...EMPTY_BATCH,
    commitments: [bytes(1)],
    pages: [{ first: entry, count: 1, leaf: 0, sealed: bytes(9) }],
    names: version.version === 1 ? [{ name: blind(rid), rid }] : [],
    resources: [resourceOf(version)],
    versions: [version],
  };
}

function resourceOf({ rid, type, version, entry, state }: VersionRow): ResourceRow {
  return { rid, name: blind(rid), type, version, entry, state, rows: new Uint8Array([rid % 256]) };
}

async function all<T>(rows: AnyIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

/** What every storage must do, whatever it is built on. */
export function describeStorage(what: string, open: () => Promise<StorageUnderTest>): void {
  describe(`storage: ${what}`, () => {
    let tested: StorageUnderTest;
    beforeEach(async () => {
      tested = await open();
    });
    afterEach(() => tested.close());

    test('a commit that fails leaves nothing behind, in the rows or in the log', async () => {
      const { storage, logged } = tested;
      await storage.commit(created(1, FIRST_ENTRY + 1));
      // The second one is of a name that is taken.
      const twice = created(1, FIRST_ENTRY + 2);
      await expect((async () => storage.commit(twice))()).rejects.toThrow();
      expect(await logged()).toBe(1);
      expect(await all(storage.eachVersion())).toHaveLength(1);
      tested.refuse();
      await expect((async () => storage.commit(created(2, FIRST_ENTRY + 3)))()).rejects.toThrow();
      expect(await storage.named(blind(2))).toBeUndefined();
      expect(await all(storage.eachPage())).toHaveLength(1);
    });

    test('gives back what was written, and says undefined for what was not', async () => {
      const { storage } = tested;
      expect(await storage.lastNumbers()).toEqual({ entry: 0, rid: 0 });
      expect(await storage.commit(created(5, FIRST_ENTRY + 10))).toBe(0);
      expect(await storage.commit(created(6, FIRST_ENTRY + 11))).toBe(1);
      expect(await storage.lastNumbers()).toEqual({ entry: FIRST_ENTRY + 11, rid: 6 });
      expect(await storage.named(blind(5))).toBe(5);
      expect(await storage.named(blind(7))).toBeUndefined();
      expect(await storage.namesOf([6, 7, 5])).toEqual([blind(6), undefined, blind(5)]);
      const current = {
        rid: 5,
        name: blind(5),
        type: 'Observation',
        version: 1,
        state: 'live',
        generation: 0,
      };
      expect(await storage.current(5)).toMatchObject({ ...current, updatedMs: 1_005 });
      expect(await storage.currentNamed(blind(5))).toMatchObject(current);
      expect(Buffer.from((await storage.current(5))?.sealed ?? [])).toEqual(Buffer.from(bytes(5)));
      expect(await storage.currentNamed(blind(9))).toBeUndefined();
      expect(await storage.version(5, 1)).toMatchObject({ entry: FIRST_ENTRY + 10 });
      expect(await storage.version(5, 2)).toBeUndefined();
      expect(await storage.page(FIRST_ENTRY + 11)).toMatchObject({
        first: FIRST_ENTRY + 11,
        leaf: 1,
        count: 1,
      });
      expect(await storage.page(FIRST_ENTRY + 12)).toBeUndefined();
      expect(await storage.page(1)).toBeUndefined();
      expect(await storage.problems()).toEqual([]);
    });

    test('a history goes from the newest version backwards, of one resource, a type or everything', async () => {
      const { storage } = tested;
      const rows = [1, 2, 3, 4].map((rid) => created(rid, FIRST_ENTRY + rid));
      for (const batch of rows) await storage.commit(batch);
      await storage.commit(created(2, FIRST_ENTRY + 9, { version: 2, updatedMs: 9_000, state: 'deleted' }));
      const entries = (found: VersionRow[]) => found.map(({ entry }) => entry - FIRST_ENTRY);
      expect(entries(await storage.history({ rid: 2, limit: 10 }))).toEqual([9, 2]);
      expect(entries(await storage.history({ rid: 2, limit: 1 }))).toEqual([9]);
      expect(entries(await storage.history({ type: 'Observation', limit: 3 }))).toEqual([9, 4, 3]);
      const after = { updatedMs: 1_003, entry: FIRST_ENTRY + 3 };
      expect(entries(await storage.history({ type: 'Observation', limit: 9, after }))).toEqual([2, 1]);
      expect(entries(await storage.history({ limit: 9, sinceMs: 1_003 }))).toEqual([9, 4, 3]);
      expect(await storage.history({ type: 'Condition', limit: 9 })).toEqual([]);
    });

    test('whoever keeps up reads versions of every type in the order of their entries', async () => {
      const { storage } = tested;
      for (const rid of [1, 2, 3]) await storage.commit(created(rid, FIRST_ENTRY + rid));
      await storage.commit(created(2, FIRST_ENTRY + 9, { version: 2, updatedMs: 9_000, state: 'deleted' }));
      const entries = (found: VersionRow[]) => found.map(({ entry }) => entry - FIRST_ENTRY);
      expect(entries(await storage.versionsAfter(0, 10))).toEqual([1, 2, 3, 9]);
      expect(entries(await storage.versionsAfter(FIRST_ENTRY + 1, 2))).toEqual([2, 3]);
      expect(await storage.versionsAfter(FIRST_ENTRY + 9, 10)).toEqual([]);
    });

    test('an erasure empties versions and contents, removes rows, and is remembered', async () => {
      const { storage } = tested;
      const batch = created(1, FIRST_ENTRY + 1);
      const spans: SpanRow[] = [{ key: blind(101), rid: 1, low: 1, high: 2, value: 1 }];
      const contents = [{ entry: FIRST_ENTRY + 1, rid: 1, generation: 0, sealed: bytes(4) }];
      await storage.commit({ ...batch, postings: [{ key: blind(100), rids: [1] }], spans, contents });
      const [resource] = batch.resources;
      await storage.erase({
        versions: [FIRST_ENTRY + 1],
        resources: resource === undefined ? [] : [{ ...resource, state: 'erased', rows: new Uint8Array() }],
        contents: [FIRST_ENTRY + 1],
        removedPostings: [{ key: blind(100), rids: [1, 77] }],
        removedSpans: [...spans, { key: blind(101), rid: 5, low: 1, high: 2, value: 1 }],
        applied: [bytes(8)],
      });
      expect(await storage.current(1)).toMatchObject({ state: 'erased', sealed: null });
      expect(await storage.content(FIRST_ENTRY + 1)).toMatchObject({ sealed: null });
      expect(await storage.contentsOf(1)).toHaveLength(1);
      expect(await all(storage.eachPosting())).toEqual([]);
      expect(await all(storage.eachSpan())).toEqual([]);
      expect((await storage.applied()).map((id) => Buffer.from(id))).toEqual([Buffer.from(bytes(8))]);
    });

    test('tombstones and holds are listed until a hold is released', async () => {
      const { storage } = tested;
      const hold = { id: 'h1', name: blind(3), sealed: bytes(3) };
      await storage.commit({ ...EMPTY_BATCH, tombstones: [FIRST_ENTRY + 2, FIRST_ENTRY + 1], holds: [hold] });
      expect(await storage.tombstones()).toEqual([FIRST_ENTRY + 1, FIRST_ENTRY + 2]);
      expect(await storage.holds()).toMatchObject([{ id: 'h1', name: blind(3) }]);
      await storage.commit({ ...EMPTY_BATCH, releasedHolds: ['h1', 'unknown'] });
      expect(await storage.holds()).toEqual([]);
    });

    for (const custody of ['resource', 'audit'] as const) {
      test(`finds what its plan says, in pages, in order, and counts it (${custody})`, {
        timeout: 60_000,
      }, async () => {
        await findsWhatPlansSay(tested.storage, custody);
      });
    }
  });
}

/** Rows spread over more buckets than are read at once, some of them neighbours. */
const ROWS = Array.from({ length: 300 }, (_, number) => Math.floor(number * (number % 3 === 0 ? 1 : 211.7)));

async function findsWhatPlansSay(storage: Storage, custody: 'resource' | 'audit'): Promise<void> {
  const first = custody === 'audit' ? FIRST_ENTRY : 1;
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
  // Two commits: rows of one bucket must come together from both.
  for (const half of [0, 1]) {
    const mine = (rid: number) => rid % 2 === half;
    await storage.commit({
      ...EMPTY_BATCH,
      postings: [...postings].map(([key, all]) => ({ key: blind(key), rids: all.filter(mine) })),
      spans: spans.filter(({ rid }) => mine(rid)),
    });
  }
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
  const { plan } = fc.letrec<{ plan: Plan }>((tie) => ({
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
  }));
  await fc.assert(
    fc.asyncProperty(
      plan,
      fc.integer({ min: 1, max: 120 }),
      fc.boolean(),
      async (asked, limit, descending) => {
        const expected = rids.filter((rid) => holds(asked, rid, postings, spans)).sort((a, b) => b - a);
        expect(await storage.count(asked)).toBe(expected.length);
        const found: number[] = [];
        for (;;) {
          const last = found.at(-1);
          const page = await storage.find({
            plan: asked,
            order: [],
            limit,
            ...(last === undefined ? {} : { after: { rid: last, values: [] } }),
          });
          found.push(...page.map(({ rid }) => rid));
          if (page.length < limit) break;
        }
        expect(found).toEqual(expected);
        const sorted = await storage.find({
          plan: asked,
          order: [{ key: blind(9), descending, custody }],
          limit: 1_000,
        });
        const values = sorted.map(({ values: [value] }) => value ?? null);
        const known = values.filter((value) => value !== null);
        expect(known).toEqual(known.toSorted((a, b) => (descending ? b - a : a - b)));
        expect(values.slice(known.length).every((value) => value === null)).toBe(true);
        expect(sorted.map(({ rid }) => rid).toSorted((a, b) => b - a)).toEqual(expected);
      },
    ),
    { numRuns: 120, seed: 31 },
  );
}

/** Whether a row is in a plan, worked out on plain lists. */
function holds(
  plan: Plan,
  rid: number,
  postings: ReadonlyMap<number, number[]>,
  spans: readonly SpanRow[],
): boolean {
  switch (plan.kind) {
    case 'keys':
      return plan.keys.some((key) => postings.get(key.charCodeAt(0))?.includes(rid));
    case 'rows':
      return plan.rids.includes(rid);
    case 'and':
      return plan.plans.every((each) => holds(each, rid, postings, spans));
    case 'or':
      return plan.plans.some((each) => holds(each, rid, postings, spans));
    case 'not':
      return !holds(plan.plan, rid, postings, spans);
    case 'span': {
      const { test: asked } = plan;
      return spans.some(
        (span) =>
          span.rid === rid &&
          span.low >= (asked.lowAtLeast ?? -Infinity) &&
          span.low <= (asked.lowAtMost ?? Infinity) &&
          span.high >= (asked.highAtLeast ?? -Infinity) &&
          span.high <= (asked.highAtMost ?? Infinity) &&
          span.value > (asked.valueAbove ?? -Infinity) &&
          span.value < (asked.valueBelow ?? Infinity),
      );
    }
  }
}
