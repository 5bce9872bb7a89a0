import { expect, test } from 'vitest';
import { KnownAffiliations } from './known-affiliations.ts';

/** Groups of which the newest reading is `known`, and a stream that has patience for a second. */
function following(known: number | undefined) {
  const state = { known, ms: 0 };
  const groups = new KnownAffiliations(
    () => state.known,
    1_000,
    () => state.ms,
  );
  const at = (ms: number) => {
    state.ms = ms;
  };
  return { state, groups, at };
}

test('what is judged across a reading that began and ended meanwhile is not known', () => {
  const { state, groups } = following(1);
  const isKnown = groups.look();
  expect(isKnown(5)).toBe(true);
  state.known = 2;
  expect(isKnown(6)).toBe(false);
  expect(groups.look()(6)).toBe(true);
});

test('patience is over for what cannot be read, and begins anew once it could be', () => {
  const { state, groups, at } = following(undefined);
  expect(groups.look()(5)).toBe(false);
  at(1_001);
  expect([groups.look()(5), groups.look()(6)]).toEqual([true, true]);
  state.known = 2;
  // Known when nothing was judged.
  groups.look();
  state.known = undefined;
  expect(groups.look()(7)).toBe(false);
});

test('a wait of long ago, for what was erased meanwhile, shortens no other', () => {
  const { groups, at } = following(undefined);
  expect(groups.look()(5)).toBe(false);
  at(60_000);
  expect(groups.look()(6)).toBe(false);
});

test('groups that change without end hold an entry no longer than patience lasts', () => {
  const { state, groups, at } = following(1);
  const judge = (entry: number) => {
    const isKnown = groups.look();
    state.known = (state.known ?? 0) + 1;
    return isKnown(entry);
  };
  expect(judge(5)).toBe(false);
  at(900);
  expect(judge(5)).toBe(false);
  at(1_001);
  expect(judge(5)).toBe(true);
});
