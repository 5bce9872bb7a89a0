import { describe, expect, test } from 'vitest';
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
  expect(isKnown()).toBe(true);
  state.known = 2;
  expect(isKnown()).toBe(false);
  expect(groups.look()()).toBe(true);
});

test('patience is over for what cannot be read, and begins anew once it could be', () => {
  const { state, groups, at } = following(undefined);
  expect(groups.look()()).toBe(false);
  at(1_001);
  expect([groups.look()(), groups.look()()]).toEqual([true, true]);
  state.known = 2;
  // Known when nothing was judged.
  groups.look();
  state.known = undefined;
  expect(groups.look()()).toBe(false);
});

test('a wait of long ago, for what was erased meanwhile, shortens no other', () => {
  const { groups, at } = following(undefined);
  expect(groups.look()()).toBe(false);
  at(60_000);
  // A look by the clock that finds nothing.
  groups.look();
  expect(groups.look()()).toBe(false);
});

test('groups that change without end hold an entry no longer than patience lasts', () => {
  const { state, groups, at } = following(1);
  const judge = () => {
    const isKnown = groups.look();
    state.known = (state.known ?? 0) + 1;
    return isKnown();
  };
  expect(judge()).toBe(false);
  at(900);
  expect(judge()).toBe(false);
  at(1_001);
  expect(judge()).toBe(true);
});

describe('what is known when it is found, and not any more when it is judged again', () => {
  /** A look that finds something, which waits for the disk while the groups change. */
  const round = ({ state, groups }: ReturnType<typeof following>) => {
    const isKnown = groups.look();
    expect(isKnown()).toBe(true);
    const isStillKnown = groups.lookAgain();
    state.known = (state.known ?? 0) + 1;
    return isStillKnown();
  };

  test('waits no longer than patience lasts, from when it first had to', () => {
    const stream = following(1);
    expect(round(stream)).toBe(false);
    stream.at(900);
    expect(round(stream)).toBe(false);
    stream.at(1_001);
    expect(round(stream)).toBe(true);
  });

  test('is waited for once, however much follows, until a look goes by at which nothing had to wait', () => {
    const stream = following(1);
    round(stream);
    stream.at(1_001);
    for (let n = 0; n < 5; n += 1) expect(round(stream)).toBe(true);
    expect(stream.groups.look()()).toBe(true);
    expect(round(stream)).toBe(false);
  });
});
