import { type Filter, parseResource, referencesOf, type Search } from '../../r4/index.ts';
import type { Hit, StoredVersion } from '../../vault/index.ts';
import { judge, type Reach, reachWithin } from '../access.ts';
import type { Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { tellsNoMore } from '../partial-version.ts';

type Chain = Extract<Filter, { kind: 'chain' }>;
type Has = Extract<Filter, { kind: 'has' }>;

/** Resources that refer to one hit and are looked at, until one is found that the asker may see. */
const MAX_REFERRING = 1_000; // a long record's observations of one code
const CHUNK = 50; // most hits are settled by the first

const isLinked = (filter: Filter): filter is Chain | Has => filter.kind === 'chain' || filter.kind === 'has';

const plainSearch = (type: string, filters: readonly Filter[]): Search => ({
  type,
  filters,
  includes: [],
  revIncludes: [],
  sort: [],
});

/**
 * Chains and `_has` of one search, held against the decision. The vault follows them through every resource there is, so what it
 * finds is only a candidate: it counts when it still matches through a resource that the asker may see. Else a search would
 * tell what a read refuses (DESIGN §1.5).
 */
export class ChainedHits {
  /** What the vault is asked. */
  readonly asked: Search;
  readonly #context: Context;
  readonly #linked: readonly (Chain | Has)[];
  /** Whether a target matches an inner filter and may be seen, by filter and name. */
  readonly #known = new Map<string, boolean>();

  /** Throws FhirError `not-permitted` when the scopes do not allow searching the type that a chain leads to. */
  constructor(context: Context, search: Search, { patientOnly }: Reach) {
    const filters = search.filters.map((filter) => withinScopes(context, filter));
    this.#context = context;
    this.#linked = filters.filter(isLinked);
    // One patient's compartment is small: there the vault need not follow links through everybody's.
    const asked = patientOnly === undefined ? filters : filters.filter((filter) => !isLinked(filter));
    this.asked = this.#linked.length === 0 ? search : { ...search, filters: asked };
  }

  /** True when the search has no links: every hit holds. */
  get isPlain(): boolean {
    return this.#linked.length === 0;
  }

  /** Whether a hit still matches when only what the asker may see counts. */
  async hold(hit: StoredVersion): Promise<boolean> {
    for (const [at, filter] of this.#linked.entries()) {
      const holds =
        filter.kind === 'chain' ? await this.#leads(at, filter, hit) : await this.#has(filter, hit);
      if (!holds) return false;
    }
    return true;
  }

  async #leads(at: number, { param, targets }: Chain, hit: StoredVersion): Promise<boolean> {
    if (hit.text === undefined) return false;
    for (const { param: found, target } of referencesOf(parseResource(hit.text).resource)) {
      const { type, id } = target;
      const step = found === param ? targets.find((each) => each.type === type) : undefined;
      if (step === undefined || id === undefined) continue;
      if (await this.#matches(at, step.type, id, step.filter)) return true;
    }
    return false;
  }

  async #matches(at: number, type: string, id: string, filter: Filter): Promise<boolean> {
    const name = `${at}/${type}/${id}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const itself: Filter = { kind: 'token', param: '_id', not: false, values: [{ code: id }] };
    const found = await this.#anyVisible(plainSearch(type, [itself, filter]));
    this.#known.set(name, found);
    return found;
  }

  #has({ type, reference, filter }: Has, hit: StoredVersion): Promise<boolean> {
    const values = [{ by: 'id' as const, types: [hit.type], id: hit.id }];
    return this.#anyVisible(plainSearch(type, [{ kind: 'reference', param: reference, values }, filter]));
  }

  async #anyVisible(search: Search): Promise<boolean> {
    const { services, principal } = this.#context;
    const reach = reachWithin(principal, search.type, 's');
    if (reach === undefined) return false;
    let cursor: string | undefined;
    let scanned = 0;
    do {
      const page = await services.vault.search({ search, limit: CHUNK, cursor });
      for (const hit of page.hits) if (await this.#isVisible(reach, search, hit)) return true;
      scanned += page.hits.length;
      cursor = page.next;
    } while (cursor !== undefined && scanned < MAX_REFERRING);
    return false;
  }

  async #isVisible(reach: Reach, search: Search, { type, id }: Hit): Promise<boolean> {
    const stored = await this.#context.services.vault.read(type, id);
    if (stored?.text === undefined) return false;
    const judged = judge(this.#context, reach, stored);
    // What is shown in part does not tell what was found in the rest.
    if (judged?.shown.redacted !== true) return judged !== undefined;
    return type !== 'AuditEvent' && tellsNoMore(stored, judged.shown, search);
  }
}

/** The filter with only those targets whose type the token may search. */
function withinScopes({ principal }: Context, filter: Filter): Filter {
  const may = (type: string) => reachWithin(principal, type, 's') !== undefined;
  if (filter.kind === 'has' && !may(filter.type)) throw refusal(filter.type);
  if (filter.kind !== 'chain') return filter;
  const targets = filter.targets.filter(({ type }) => may(type));
  if (targets.length === 0) throw refusal(filter.targets[0]?.type ?? filter.param);
  return targets.length === filter.targets.length ? filter : { ...filter, targets };
}

function refusal(type: string): FhirError {
  return new FhirError('not-permitted', `The token's scopes do not allow a search through ${type}.`);
}
