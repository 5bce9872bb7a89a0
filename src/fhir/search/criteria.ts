import { parseSearch, type Search } from '../../r4/index.ts';
import type { Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { parseQuery, type Query } from '../query.ts';

/** Parameters of the request itself, not of the search. */
const REQUEST_PARAMETERS: ReadonlySet<string> = new Set(['_format', '_pretty']);
/** Parameters that shape an answer and not what matches. */
const RESULT_PARAMETERS: ReadonlySet<string> = new Set([
  '_count',
  '_elements',
  '_include',
  '_revinclude',
  '_sort',
  '_summary',
  '_total',
]);

/**
 * A search as r4 understands it. Throws FhirError `search-unsupported` with one issue for each parameter that
 * cannot be answered: nothing is ever ignored (FHIR R4 §search handling=strict).
 */
export function criteria({ services, time }: Context, type: string, query: Query): Search {
  const asked = query.filter(([name]) => !REQUEST_PARAMETERS.has(name));
  const parsed = parseSearch(type, asked, { now: time.getTime(), baseUrl: services.baseUrl });
  if (!parsed.ok) {
    const issues = parsed.issues.map((issue) => ({
      severity: 'error' as const,
      type: issue.code,
      code: 'search-unsupported',
      message: issue.message,
      expression: issue.parameter,
    }));
    throw new FhirError('search-unsupported', 'The search uses something that this server cannot answer.', {
      issues,
    });
  }
  const { search } = parsed;
  if (search.summary === 'text' && search.includes.length + search.revIncludes.length > 0)
    throw new FhirError('search-unsupported', '_summary=text does not go with includes.', {
      expression: '_summary',
    });
  return search;
}

/** Criteria of a conditional interaction. */
export interface Condition {
  readonly search: Search;
  /** Equal for criteria that ask the same in other words: what is serialised. */
  readonly key: string;
}

/**
 * Criteria such as `identifier=http://x|1`. Throws FhirError `search-invalid` for empty ones and for result parameters, and
 * `search-unsupported` as {@link criteria}.
 */
export function condition(context: Context, type: string, text: string): Condition {
  const query = parseQuery(text.startsWith('?') ? text.slice(1) : text);
  if (query.some(([name]) => RESULT_PARAMETERS.has(name.split(':')[0] ?? '')))
    throw new FhirError('search-invalid', 'Conditional criteria take no result parameters.');
  const search = criteria(context, type, query);
  if (search.filters.length === 0)
    throw new FhirError('search-invalid', 'Conditional criteria must not be empty.');
  const filters = search.filters.map((filter) => JSON.stringify(filter)).sort();
  return { search, key: `${type}?${filters.join('&')}` };
}
