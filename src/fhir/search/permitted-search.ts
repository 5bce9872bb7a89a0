import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Filter, loadDefinitions, type Search } from '../../r4/index.ts';
import type { Hit, StoredVersion } from '../../vault/index.ts';
import { type Judged, judge, note, type Reach, type Shown } from '../access.ts';
import type { Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { tellsNoMore } from '../partial-version.ts';
import { ChainedHits } from './chained-hits.ts';
import { walkPermitted } from './permitted-walk.ts';

/** How many rows a total may look at. */
const MAX_COUNTED = 100_000; // about two seconds; past it the total is refused rather than guessed
const CHUNK = 500; // rows read at a time while counting, so that others are served in between

/** One page of what the asker may see, in the order of the search. */
export interface PermittedPage {
  readonly versions: readonly Shown[];
  /** Where the next page starts; undefined at the end. */
  readonly next: string | undefined;
}

/** Parameters of an AuditEvent whose values a redacted one still shows. */
const OPEN_IN_REDACTED: ReadonlySet<string> = new Set([
  '_id',
  '_lastUpdated',
  'action',
  'agent',
  'date',
  'outcome',
  'site',
  'source',
  'subtype',
  'type',
]);

/** Whether finding a redacted AuditEvent tells no more than its text: what is asked about is in what is left of it. */
function mayFindRedacted({ type, filters }: Search, patient: string): boolean {
  const isOwn = (filter: Filter): boolean =>
    filter.kind === 'reference' &&
    filter.param === 'patient' &&
    filter.values.every((value) => value.by === 'id' && value.id === patient);
  return (
    type === 'AuditEvent' &&
    filters.every(
      (filter) =>
        isOwn(filter) ||
        (filter.kind !== 'chain' && filter.kind !== 'has' && OPEN_IN_REDACTED.has(filter.param)),
    )
  );
}

/** True for types of which some resources are in a patient's compartment (R4 CompartmentDefinition/patient). */
function hasCompartment(type: string): boolean {
  return type === 'Patient' || (loadDefinitions().compartments.get(type)?.length ?? 0) > 0;
}

/** A search as one asker may make it: hits, pages and totals all go through the decision. */
export class PermittedSearch {
  readonly #context: Context;
  readonly #reach: Reach;
  readonly #search: Search;
  readonly #chained: ChainedHits;
  readonly #patient: string | undefined;
  readonly #findsRedacted: boolean;

  /** Throws FhirError `not-permitted` for a chain over a type that the token may not search. */
  constructor(context: Context, reach: Reach, search: Search) {
    const { patientOnly } = reach;
    this.#context = context;
    this.#reach = reach;
    this.#search = search;
    this.#chained = new ChainedHits(context, search, reach);
    this.#patient = hasCompartment(search.type) ? patientOnly : undefined;
    this.#findsRedacted = patientOnly !== undefined && mayFindRedacted(search, patientOnly);
  }

  /** Up to `count` of what is permitted, each noted on the trail. */
  async page(count: number, from?: string): Promise<PermittedPage> {
    const { vault } = this.#context.services;
    const fetch = async (cursor: string | undefined, limit: number) => {
      const { hits, next } = await vault.search({
        search: this.#chained.asked,
        limit,
        cursor,
        patient: this.#patient,
      });
      return { rows: hits, next };
    };
    const keep = (hit: Hit) => this.#judge(hit);
    const { kept, next } = await walkPermitted({ fetch, keep }, count, from);
    for (const judged of kept) note(this.#context, judged);
    return { versions: kept.map(({ shown }) => shown), next };
  }

  /** How many there are, exactly. Throws FhirError `too-costly` past the limit. */
  async total(): Promise<number> {
    const { vault } = this.#context.services;
    let total = 0;
    let scanned = 0;
    let cursor: string | undefined;
    do {
      const page = await vault.search({
        search: this.#chained.asked,
        limit: CHUNK,
        cursor,
        patient: this.#patient,
      });
      scanned += page.hits.length;
      if (scanned > MAX_COUNTED)
        throw new FhirError('too-costly', 'Too many resources match to count them: narrow the search.');
      for (const hit of page.hits) if ((await this.#judge(hit)) !== undefined) total += 1;
      cursor = page.next;
      if (cursor !== undefined) await nextTurn();
    } while (cursor !== undefined);
    return total;
  }

  async #judge({ type, id }: Hit): Promise<Judged | undefined> {
    const stored = await this.#context.services.vault.read(type, id);
    if (stored?.text === undefined) return undefined;
    const judged = judge(this.#context, this.#reach, stored);
    if (judged === undefined || (judged.shown.redacted === true && !this.#finds(stored, judged.shown)))
      return undefined;
    return this.#chained.isPlain || (await this.#chained.hold(stored)) ? judged : undefined;
  }

  /** Whether what is shown in part may be found by this search at all. */
  #finds(stored: StoredVersion, shown: Shown): boolean {
    return shown.type === 'AuditEvent' ? this.#findsRedacted : tellsNoMore(stored, shown, this.#search);
  }
}
