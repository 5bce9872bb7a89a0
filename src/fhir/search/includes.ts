import {
  type Include,
  MAX_VALUES,
  parseResource,
  parseSearch,
  referencesOf,
  type Search,
} from '../../r4/index.ts';
import type { StoredVersion } from '../../vault/index.ts';
import { disclose, reachWithin, type Shown } from '../access.ts';
import type { Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { PermittedSearch } from './permitted-search.ts';

/** Included resources of one page. */
const MAX_INCLUDED = 1_000; // as many as the largest page

/** What includes add to a page. */
export interface Included {
  readonly versions: readonly Shown[];
  /** There are more than one page holds. */
  readonly cut: boolean;
}

interface Target {
  readonly type: string;
  readonly id: string;
}

const keyOf = ({ type, id }: Target) => `${type}/${id}`;

/** Collects what is included: each resource once, each after its own decision (FHIR R4 §search include, revinclude). */
class Inclusion {
  readonly #context: Context;
  readonly #matches: readonly StoredVersion[];
  readonly #seen: Set<string>;
  readonly versions: Shown[] = [];
  cut = false;

  constructor(context: Context, matches: readonly StoredVersion[]) {
    this.#context = context;
    this.#matches = matches;
    this.#seen = new Set(matches.map(keyOf));
  }

  #add(shown: Shown): void {
    this.#seen.add(keyOf(shown));
    this.versions.push(shown);
  }

  /** What the matches refer to by one reference parameter. */
  async forward(include: Include): Promise<void> {
    for (const target of this.#matches.flatMap((match) => targetsOf(match, include))) {
      if (this.#seen.has(keyOf(target))) continue;
      const reach = reachWithin(this.#context.principal, target.type, 'r');
      if (reach === undefined) continue;
      const stored = await this.#context.services.vault.read(target.type, target.id);
      if (stored?.text === undefined) continue;
      if (this.versions.length >= MAX_INCLUDED) {
        this.cut = true;
        return;
      }
      const shown = disclose(this.#context, reach, stored);
      if (shown !== undefined) this.#add(shown);
    }
  }

  /** What refers to the matches by one reference parameter. */
  async reverse(include: Include): Promise<void> {
    const { type, param, target } = include;
    const reach = reachWithin(this.#context.principal, type, 'r');
    const wanted = this.#matches.filter((match) => (target ?? match.type) === match.type).map(keyOf);
    if (reach === undefined) return;
    for (let first = 0; first < wanted.length; first += MAX_VALUES) {
      const room = MAX_INCLUDED - this.versions.length;
      const parsed = parseSearch(type, [[param, wanted.slice(first, first + MAX_VALUES).join(',')]]);
      if (!parsed.ok)
        throw new FhirError('search-unsupported', 'This _revinclude cannot be answered.', {
          expression: '_revinclude',
        });
      const page = await new PermittedSearch(this.#context, reach, parsed.search).page(room);
      for (const shown of page.versions) if (!this.#seen.has(keyOf(shown))) this.#add(shown);
      if (page.next !== undefined || room === 0) {
        this.cut = true;
        return;
      }
    }
  }
}

/** Local resources that a version refers to by one reference parameter. */
function targetsOf(stored: StoredVersion, include: Include): Target[] {
  if (stored.text === undefined || stored.type !== include.type) return [];
  return referencesOf(parseResource(stored.text).resource).flatMap(({ param, target: { type, id } }) => {
    if (param !== include.param || type === undefined || id === undefined) return [];
    return include.target === undefined || include.target === type ? [{ type, id }] : [];
  });
}

/** What `_include` and `_revinclude` add to a page of matches. */
export async function included(
  context: Context,
  matches: readonly StoredVersion[],
  { includes, revIncludes }: Pick<Search, 'includes' | 'revIncludes'>,
): Promise<Included> {
  const inclusion = new Inclusion(context, matches);
  for (const include of includes) await inclusion.forward(include);
  for (const include of revIncludes) await inclusion.reverse(include);
  const { versions, cut } = inclusion;
  return { versions, cut };
}
