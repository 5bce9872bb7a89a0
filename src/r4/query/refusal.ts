import type { SearchIssue } from './search.ts';

/** Thrown inside the parser for the first thing wrong with one parameter; `parseSearch` turns it into an issue. */
export class Refusal extends Error {
  readonly code: SearchIssue['code'];

  constructor(code: SearchIssue['code'], message: string) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
  }
}

/** A value that is not in the form its parameter takes. */
export function badValue(message: string): Refusal {
  return new Refusal('value', message);
}

/** Something R4 allows and this server does not answer: it is refused, never ignored. */
export function unsupported(message: string): Refusal {
  return new Refusal('not-supported', message);
}
