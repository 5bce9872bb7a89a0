import { type Include, parseResource, parseSearch, referencesOf, type Search } from '../../r4/index.ts';
import type { StoredVersion } from '../../vault/index.ts';
import { disclose, reachOf } from '../access.ts';
import type { Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { permittedPage } from './permitted-hits.ts';

/** Included resources of one page; more are cut, and the page says so by an outcome entry. */
const MAX_INCLUDED = 1_000; // as many as the largest page

const keyOf = (stored: { type: string; id: string }) => `${stored.type}/${stored.id}`;

interface Target {
  type: string;
  id: string;
}

/** Local resources that a version refers to by one reference parameter. */
function targetsOf(stored: StoredVersion, include: Include): Target[] {
  if (stored.text === undefined || stored.type !== include.type) return [];
  return referencesOf(parseResource(stored.text).resource).flatMap(({ param, target: { type, id } }) => {
    if (param !== include.param || type === undefined || id === undefined) return [];
    return include.target === undefined || include.target === type ? [{ type, id }] : [];
  });
}

function readable(context: Context, type: string): ReturnType<typeof reachOf> | undefined {
  try {
    return reachOf(context.principal, type, 'r');
  } catch (error) {
    if (error instanceof FhirError) return undefined;
    throw error;
  }
}

async function forward(
  context: Context,
  matches: readonly StoredVersion[],
  include: Include,
  seen: Set<string>,
  into: StoredVersion[],
): Promise<void> {
  for (const target of matches.flatMap((match) => targetsOf(match, include))) {
    if (into.length >= MAX_INCLUDED || seen.has(keyOf(target))) continue;
    const reach = readable(context, target.type);
    const stored =
      reach === undefined ? undefined : await context.services.vault.read(target.type, target.id);
    if (reach === undefined || stored?.text === undefined || !disclose(context, reach, stored)) continue;
    seen.add(keyOf(target));
    into.push(stored);
  }
}

async function reverse(
  context: Context,
  matches: readonly StoredVersion[],
  include: Include,
  seen: Set<string>,
  into: StoredVersion[],
): Promise<void> {
  const wanted = matches
    .filter((match) => include.target === undefined || include.target === match.type)
    .map(keyOf);
  const reach = readable(context, include.type);
  if (wanted.length === 0 || reach === undefined) return;
  const parsed = parseSearch(include.type, [[include.param, wanted.join(',')]]);
  if (!parsed.ok)
    throw new FhirError('search-unsupported', 'This _revinclude cannot be answered.', {
      expression: '_revinclude',
    });
  const { versions } = await permittedPage(context, reach, parsed.search, MAX_INCLUDED - into.length);
  for (const stored of versions) {
    if (seen.has(keyOf(stored))) continue;
    seen.add(keyOf(stored));
    into.push(stored);
  }
}

/** What `_include` and `_revinclude` add to a page: each resource once, each after its own decision (FHIR R4 §search revinclude). */
export async function included(
  context: Context,
  matches: readonly StoredVersion[],
  { includes, revIncludes }: Pick<Search, 'includes' | 'revIncludes'>,
): Promise<StoredVersion[]> {
  const seen = new Set(matches.map(keyOf));
  const result: StoredVersion[] = [];
  for (const include of includes) await forward(context, matches, include, seen, result);
  for (const include of revIncludes) await reverse(context, matches, include, seen, result);
  return result;
}
