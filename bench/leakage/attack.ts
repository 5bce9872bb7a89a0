import { median } from '../machine.ts';
import type { Group } from './groups.ts';

/** For a group that is seen, the known group that it is taken for. */
export type Guesses = ReadonlyMap<Group, Group>;

const byFrequency = (groups: readonly Group[]): Group[] =>
  [...groups].sort((a, b) => b.rows - a.rows || ((a.names[0] ?? '') < (b.names[0] ?? '') ? -1 : 1));

/** Frequency-rank attack: the most frequent blind value is taken for the most frequent known value, and so on. */
export function rankAttack(seen: readonly Group[], known: readonly Group[]): Guesses {
  const order = byFrequency(known);
  return new Map(
    byFrequency(seen).flatMap((group, at) => {
      const guess = order[at];
      return guess === undefined ? [] : [[group, guess] as const];
    }),
  );
}

/** What a group looks like, whatever its values are called. */
interface Shape {
  readonly group: Group;
  readonly features: readonly number[];
}

function shapes(groups: readonly Group[], people: number): Shape[] {
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  return groups.map((group) => {
    const measured = group.numbers.filter((each) => each.length > 0);
    const low = measured.map((each) => each[0] ?? 0);
    const high = measured.map((each) => each.at(-1) ?? 0);
    const middle = median(low);
    const spread = median(low.map((value) => Math.abs(value - middle)));
    const counts = group.numbers.reduce((sum, each) => sum + each.length, 0) / group.rows;
    return {
      group,
      features: [
        Math.log(group.rows / rows),
        Math.log(group.patients / people),
        // How many numbers a row has, and which: body height, blood pressure and a score look nothing alike.
        3 * counts,
        2 * Math.asinh(middle),
        2 * Math.asinh(median(high)),
        Math.asinh(spread),
      ],
    };
  });
}

const distance = (a: Shape, b: Shape): number =>
  a.features.reduce((sum, value, at) => sum + Math.abs(value - (b.features[at] ?? 0)), 0);

/** How many people each side's records are of. */
export interface People {
  readonly seen: number;
  readonly known: number;
}

/**
 * Attack with everything in the clear: frequency, how many patients, how many numbers stand beside a row and how large
 * they are. The nearest pairs are taken first, each group once.
 */
export function shapeAttack(seen: readonly Group[], known: readonly Group[], people: People): Guesses {
  const candidates = shapes(known, people.known);
  const pairs = shapes(seen, people.seen).flatMap((one) =>
    candidates.map((other) => ({ seen: one.group, known: other.group, far: distance(one, other) })),
  );
  const guesses = new Map<Group, Group>();
  const taken = new Set<Group>();
  for (const pair of pairs.sort((a, b) => a.far - b.far)) {
    if (guesses.has(pair.seen) || taken.has(pair.known)) continue;
    guesses.set(pair.seen, pair.known);
    taken.add(pair.known);
  }
  return guesses;
}

/** Share of rows whose value was guessed, 0 to 1. */
export function recovered(guesses: Guesses, truth: ReadonlyMap<Group, readonly string[]>): number {
  let all = 0;
  let right = 0;
  for (const [group, names] of truth) {
    all += group.rows;
    if (guesses.get(group)?.names.some((name) => names.includes(name))) right += group.rows;
  }
  return right / Math.max(1, all);
}
