import type { Evidence } from './evidence.ts';

interface Clause {
  /** Where it stands, such as `164.312(a)(2)(iv)`. */
  readonly clause: string;
  /** What it asks for, in our own words. */
  readonly asks: string;
}

/** What the product does for a clause, and the tests that show it. */
interface Done {
  readonly feature: string;
  readonly shownBy: readonly [Evidence, ...Evidence[]];
}

/** A clause of a regulation, and who meets it. */
export type Requirement = Clause &
  (
    | ({ readonly met: 'here' } & Done)
    /** The product does a part; `operator` says what is left. */
    | ({ readonly met: 'in part'; readonly operator: string } & Done)
    /** Nothing that software could do for whoever runs it. */
    | { readonly met: 'operator'; readonly operator: string }
    /** Software could do it, and this one does not. */
    | { readonly met: 'not there'; readonly missing: string }
  );

/** A clause that is the operator's to meet: `operator` says what, in a sentence. */
export const yours = (clause: string, asks: string, operator: string): Requirement => ({
  clause,
  asks,
  met: 'operator',
  operator,
});

/** A clause that software could meet and this one does not: `what` is not there. */
export const missing = (clause: string, asks: string, what: string): Requirement => ({
  clause,
  asks,
  met: 'not there',
  missing: what,
});

/** One section or part of a regulation, with every clause that asks for something. */
export interface Regulation {
  readonly title: string;
  /** What it is about, and what is left out. */
  readonly about: string;
  readonly requirements: readonly Requirement[];
}
