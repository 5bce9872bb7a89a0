import type { Asked } from './asked.ts';
import { ANY_ACTION } from './consent-action.ts';
import type { Criteria } from './criteria.ts';
import type { Provision } from './provision.ts';
import { PURPOSE_PLACES, type PurposeSet, placeOf, placesOf } from './purpose-of-use.ts';
import { LEVEL_COUNT, levelMatches } from './security-label.ts';

/** Organisations, and types, that have a row of their own; others share one. It bounds what a hostile Consent makes this take. */
const MAX_NAMED = 64; // more members than one patient names

/** Places of the rows. */
const CODED_ROW = 0; // provisions that name codes
const SETTLED_ROW = 1; // provisions of which rows, codes and periods say all
const PURPOSE_ROW = 2; // one for each purpose, from here on
/** Resources without a level have the first of these. */
const LEVEL_ROW = PURPOSE_ROW + PURPOSE_PLACES;
const OTHER_ORGANISATION_ROW = LEVEL_ROW + 1 + LEVEL_COUNT;
const OTHER_TYPE_ROW = OTHER_ORGANISATION_ROW + 1;
const NAMED_ROW = OTHER_TYPE_ROW + 1;

/** Provisions that one word of a row tells of. */
export const WORD_BITS = 32;

type Names = readonly string[] | undefined;
type Rows = ReadonlyMap<string, number>;

/**
 * Which of many provisions may apply, as bits: a row for each purpose, level of confidentiality, organisation and type. Four rows
 * intersected hold every provision that applies, and some that do not.
 */
export class ProvisionRows {
  /** Words of a row. */
  readonly words: number;
  /** One row after the other; bit `n % 32` of word `n / 32` stands for provision `n`. One array, so that a look at it is one look at memory. */
  readonly bits: Int32Array;
  /** Where the row of provisions begins that name codes. */
  readonly coded: number;
  /** Where the row of provisions begins of which the rows, their codes and their periods say all. */
  readonly settled: number;
  readonly #organisations: Rows;
  readonly #types: Rows;

  constructor(provisions: readonly Provision[]) {
    this.words = Math.ceil(provisions.length / WORD_BITS);
    this.coded = CODED_ROW * this.words;
    this.settled = SETTLED_ROW * this.words;
    const criteria = provisions.map((provision) => provision.criteria);
    const organisations = criteria.flatMap((each) => each.organisations ?? []);
    this.#organisations = numbered(organisations, NAMED_ROW);
    const types = criteria.flatMap((each) => each.types ?? []);
    this.#types = numbered(types, NAMED_ROW + this.#organisations.size);
    const rows = NAMED_ROW + this.#organisations.size + this.#types.size;
    this.bits = new Int32Array(rows * this.words);
    provisions.forEach((provision, at) => {
      this.#place(provision, at);
    });
  }

  /** Where the row of a purpose begins. */
  ofPurpose(purpose: PurposeSet): number {
    return (PURPOSE_ROW + placeOf(purpose)) * this.words;
  }

  /** Where the row of a resource's level begins. */
  ofLevel({ level }: Asked): number {
    return (LEVEL_ROW + 1 + level) * this.words;
  }

  /** Where the row of who asks begins. */
  ofOrganisation({ request }: Asked): number {
    return (this.#organisations.get(request.actorOrganisation) ?? OTHER_ORGANISATION_ROW) * this.words;
  }

  /** Where the row of a resource's type begins. */
  ofType({ facts }: Asked): number {
    return (this.#types.get(facts.type) ?? OTHER_TYPE_ROW) * this.words;
  }

  #set(row: number, at: number): void {
    const word = row * this.words + Math.floor(at / WORD_BITS);
    this.bits[word] = (this.bits[word] ?? 0) | (1 << (at % WORD_BITS));
  }

  /** Puts a provision into its rows; one without an effect into none. */
  #place({ effect, criteria }: Provision, at: number): void {
    if (effect === undefined) return;
    const { purposes, organisations, actors, types, kinds, labels, codes } = criteria;
    if (codes !== undefined) this.#set(CODED_ROW, at);
    if (this.#isSettled(criteria)) this.#set(SETTLED_ROW, at);
    for (const place of placesOf(purposes)) this.#set(PURPOSE_ROW + place, at);
    for (let level = -1; level < LEVEL_COUNT; level++) {
      const mayMatch = labels === undefined || levelMatches(labels, effect, level);
      if (mayMatch) this.#set(LEVEL_ROW + 1 + level, at);
    }
    this.#placeNamed(
      this.#organisations,
      actors === undefined ? organisations : undefined,
      OTHER_ORGANISATION_ROW,
      at,
    );
    this.#placeNamed(this.#types, namesNone(kinds) ? types : undefined, OTHER_TYPE_ROW, at);
  }

  /** The rows of these names; without a list, those of all and of any other. */
  #placeNamed(rows: Rows, names: Names, other: number, at: number): void {
    if (names !== undefined) {
      for (const name of names) this.#set(rows.get(name) ?? other, at);
      return;
    }
    for (const row of rows.values()) this.#set(row, at);
    this.#set(other, at);
  }

  #isSettled({ organisations, actors, actions, types, kinds, labels, instances }: Criteria): boolean {
    const isLabelled = labels !== undefined && labels.others.size > 0;
    if (actors !== undefined || actions !== ANY_ACTION || instances !== undefined || isLabelled) return false;
    return namesNone(kinds) && haveRows(this.#organisations, organisations) && haveRows(this.#types, types);
  }
}

const namesNone = (names: Names) => names === undefined || names.length === 0;

const haveRows = (rows: Rows, names: Names) => names === undefined || names.every((name) => rows.has(name));

/** A row for each name, the first at `first`, as far as there is room. */
function numbered(names: readonly string[], first: number): Rows {
  return new Map([...new Set(names)].slice(0, MAX_NAMED).map((name, at) => [name, first + at]));
}
