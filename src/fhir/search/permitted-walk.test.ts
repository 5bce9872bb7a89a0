import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { walkPermitted } from './permitted-walk.ts';

/** Rows 0, 1, 2 …; a cursor is the next row's number. */
const rowsOf = (permitted: readonly boolean[]) => {
  let reads = 0;
  return {
    reads: () => reads,
    fetch: async (cursor: string | undefined, limit: number) => {
      reads += 1;
      const first = cursor === undefined ? 0 : Number(cursor);
      const last = Math.min(permitted.length, first + limit);
      const rows = Array.from({ length: last - first }, (_, at) => first + at);
      return { rows, next: last < permitted.length ? String(last) : undefined };
    },
    keep: async (row: number) => (permitted[row] === true ? row : undefined),
  };
};

describe('a walk over rows of which some are not permitted', () => {
  test('gives every permitted row once, in order, in pages that are full but for the last', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 200 }),
        fc.integer({ min: 1, max: 20 }),
        async (permitted, count) => {
          const rows = rowsOf(permitted);
          const all: number[] = [];
          let cursor: string | undefined;
          let from: string | undefined;
          do {
            const page = await walkPermitted(rows, count, cursor);
            all.push(...page.kept);
            cursor = page.next;
            if (cursor !== undefined) expect(page.kept).toHaveLength(count);
            else expect(page.kept.length).toBeLessThanOrEqual(count);
            // No page is announced that then has nothing: it would tell that something was left out.
            if (from !== undefined) expect(page.kept).not.toEqual([]);
            from = cursor;
          } while (cursor !== undefined);
          expect(all).toEqual(permitted.flatMap((each, row) => (each ? [row] : [])));
        },
      ),
    );
  });

  test('reads one row beyond the page when everything is permitted, and few times when nothing is', async () => {
    const open = rowsOf(Array(100).fill(true));
    await walkPermitted(open, 20, undefined);
    expect(open.reads()).toBe(2);
    const shut = rowsOf(Array(10_000).fill(false));
    expect(await walkPermitted(shut, 20, undefined)).toEqual({ kept: [], next: undefined });
    expect(shut.reads()).toBeLessThan(20);
  });

  test('asked for nothing, reads nothing', async () => {
    const rows = rowsOf([true]);
    expect(await walkPermitted(rows, 0, undefined)).toEqual({ kept: [], next: undefined });
    expect(rows.reads()).toBe(0);
  });
});
