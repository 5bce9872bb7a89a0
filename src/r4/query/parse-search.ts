import { isResourceType } from '../resource.ts';
import { MAX_PARAMETERS, MAX_VALUE_LENGTH } from './limit.ts';
import { parseFilter } from './parse-filter.ts';
import { parseResultParameter, type ResultParameters } from './parse-result.ts';
import type { SearchContext } from './parse-value.ts';
import { badValue, Refusal } from './refusal.ts';
import type { Filter, Search, SearchIssue } from './search.ts';

/** What came of parsing: a search, or every reason why it is none. */
export type ParsedSearch =
  | { readonly ok: true; readonly search: Search }
  | { readonly ok: false; readonly issues: readonly SearchIssue[] };

const MAX_NAME_LENGTH = 200; // a chain of the longest names in R4 has 90

/**
 * A search for resources of a type from its decoded query parameters, in order. A parameter, modifier or value that cannot
 * be answered is an issue, never ignored (R4 §3.1.1.4 lets a server choose; a search that silently matches more would disclose
 * more than was asked for), nor is one without a value.
 */
export function parseSearch(
  type: string,
  parameters: readonly (readonly [name: string, value: string])[],
  context: SearchContext = {},
): ParsedSearch {
  if (!isResourceType(type))
    return refuse([{ code: 'not-supported', parameter: '', message: 'There is no such resource type.' }]);
  if (parameters.length > MAX_PARAMETERS)
    return refuse([
      { code: 'too-costly', parameter: '', message: `A search has at most ${MAX_PARAMETERS} parameters.` },
    ]);
  const filters: Filter[] = [];
  const issues: SearchIssue[] = [];
  const result: ResultParameters = { includes: [], revIncludes: [], sort: [] };
  for (const [name, value] of parameters) {
    try {
      if (value === '') throw badValue('it has no value');
      if (name.length > MAX_NAME_LENGTH || value.length > MAX_VALUE_LENGTH)
        throw new Refusal('too-costly', 'it is longer than a search parameter may be');
      if (!parseResultParameter(type, name, value, result))
        filters.push(parseFilter(type, name, value, context));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const parameter = name.slice(0, MAX_NAME_LENGTH);
      issues.push({
        code: error.code,
        parameter,
        message: `Search parameter ${parameter}: ${error.message}.`,
      });
    }
  }
  return issues.length > 0 ? refuse(issues) : { ok: true, search: { type, filters, ...result } };
}

function refuse(issues: readonly SearchIssue[]): ParsedSearch {
  return { ok: false, issues };
}
