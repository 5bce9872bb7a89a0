import type { Evidence } from './evidence.ts';

/** How one safeguard is taken out of the product, to see whether its test notices. */
export interface Mutation {
  /** The safeguard, in words. */
  readonly safeguard: string;
  /** Clauses that ask for it; none for one that follows from what Holdfast itself promises. */
  readonly clauses: readonly string[];
  /** Source file that holds it. */
  readonly file: string;
  /** Text that stands in the file exactly once. */
  readonly find: string;
  /** What takes its place: the program runs on, without the safeguard. */
  readonly replace: string;
  /** The test that must turn red. */
  readonly turnsRed: Evidence;
  /** The file to run it by, when the test stands in a suite that several files run. */
  readonly run?: string;
}
