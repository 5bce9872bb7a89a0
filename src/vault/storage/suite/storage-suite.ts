import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FIRST_ENTRY } from '../../numbering.ts';
import { EMPTY_BATCH, type SpanRow, type VersionRow } from '../rows.ts';
import type { AnyIterable, Storage } from '../storage.ts';
import { findsWhatPlansSay } from './planned-search.ts';
import { blind, bytes, created } from './written-rows.ts';

/** A storage to test, empty, with the log that it appends to. */
export interface StorageUnderTest {
  readonly storage: Storage;
  /** What was appended to the log and is durable. */
  readonly logged: () => Promise<number>;
  /** Makes the log refuse from now on. */
  readonly refuse: () => void;
  readonly close: () => Promise<void>;
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
