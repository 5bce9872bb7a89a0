import { median } from '../machine.ts';
import type { Group } from './groups.ts';

/** For a group that is seen, the known groups that it is taken for: each is as likely as the others. */
export type Guesses = ReadonlyMap<Group, readonly Group[]>;

const byFrequency = (groups: readonly Group[]): Group[] =>
  [...groups].sort((a, b) => b.rows - a.rows || ((a.names[0] ?? '') < (b.names[0] ?? '') ? -1 : 1));

/**
 * Frequency-rank attack: the most frequent blind value is taken for the most frequent known value, and so on. Among values of
 * one frequency there is no order: any of their ranks is as good a guess.
 */
export function rankAttack(seen: readonly Group[], known: readonly Group[]): Guesses {
  const ranks = byFrequency(known);
  const order = byFrequency(seen);
  return new Map(
    order.map((group) => {
      const first = order.findIndex(({ rows }) => rows === group.rows);
      const beyond = order.findLastIndex(({ rows }) => rows === group.rows) + 1;
      return [group, ranks.slice(first, beyond)] as const;
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

/** How often pairs that fit equally well are put into another order. */
const ROUNDS = 5; // the share moves by less than a point between five and ten

/** Numbers below 1 in an order that no input has, the same in every run (Numerical Recipes' generator). */
function scatter(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Attack with everything in the clear: frequency, how many patients, how many numbers stand beside a row and how large
 * they are. The nearest pairs are taken first, each group once.
 */
export function shapeAttack(seen: readonly Group[], known: readonly Group[], people: People): Guesses {
  const candidates = shapes(known, people.known);
  const pairs = shapes(seen, people.seen).flatMap((one) =>
    candidates.map((other) => ({ seen: one.group, known: other.group, far: distance(one, other), order: 0 })),
  );
  const guesses = new Map<Group, Group[]>(seen.map((group) => [group, []]));
  const random = scatter(1);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const pair of pairs) pair.order = random();
    const taken = new Set<Group>();
    for (const pair of pairs.sort((a, b) => a.far - b.far || a.order - b.order)) {
      if (taken.has(pair.seen) || taken.has(pair.known)) continue;
      guesses.get(pair.seen)?.push(pair.known);
      taken.add(pair.seen).add(pair.known);
    }
  }
  return guesses;
}

/** Share of rows whose value is guessed, 0 to 1, as it is to be expected. */
export function recovered(guesses: Guesses, truth: ReadonlyMap<Group, readonly string[]>): number {
  let all = 0;
  let right = 0;
  for (const [group, names] of truth) {
    all += group.rows;
    const candidates = guesses.get(group) ?? [];
    const fitting = candidates.filter((guess) => guess.names.some((name) => names.includes(name)));
    if (fitting.length > 0) right += (group.rows * fitting.length) / candidates.length;
  }
  return right / Math.max(1, all);
}
