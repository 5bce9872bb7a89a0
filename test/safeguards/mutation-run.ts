import type { Mutation } from './mutation.ts';

/** Where what was seen is kept. */
export const RUN_FILE = 'test/safeguards/mutation-run.json';

/** What was seen when each safeguard was taken out. */
export interface MutationRun {
  readonly seen: readonly SeenRed[];
}

/** A test that turned red when its safeguard was taken out. */
export interface SeenRed {
  readonly safeguard: string;
  readonly turnsRed: string;
  /** Day of the run. */
  readonly date: string;
  /** How long the test took to notice, its start included. */
  readonly seconds: number;
}

/** What was seen of a mutation as it stands now; undefined when it was added, or given another test, since. */
export function seenOf({ seen }: MutationRun, { safeguard, turnsRed }: Mutation): SeenRed | undefined {
  return seen.find((each) => each.safeguard === safeguard && each.turnsRed === turnsRed);
}

/** How often a text stands in another. */
export function occurrences(source: string, text: string): number {
  return source.split(text).length - 1;
}

/** A source without its safeguard. Throws when the text to replace does not stand there exactly once: then something else would be changed. */
export function mutated(source: string, { file, find, replace }: Mutation): string {
  const found = occurrences(source, find);
  if (found !== 1) throw new Error(`${file}: the text to replace stands there ${found} times: ${find}`);
  return source.replace(find, () => replace);
}
