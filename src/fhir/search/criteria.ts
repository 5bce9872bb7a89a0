import { parseSearch, type Search } from '../../r4/index.ts';
import type { Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { parseQuery, type Query } from '../interaction.ts';

/** Parameters of the request itself, not of the search. */
const REQUEST_PARAMETERS = new Set(['_format', '_pretty']);

/**
 * A search as r4 understands it. Throws FhirError `search-unsupported` with one issue for each parameter that
 * cannot be answered: nothing is ever ignored (FHIR R4 §search handling=strict).
 */
export function criteria(context: Context, type: string, query: Query): Search {
  const asked = query.filter(([name]) => !REQUEST_PARAMETERS.has(name));
  const { services, time } = context;
  const parsed = parseSearch(type, asked, { baseUrl: services.baseUrl, now: time.getTime() });
  if (parsed.ok) return parsed.search;
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

/** Criteria of a conditional interaction, such as `identifier=http://x|1`; refuses an empty one and result parameters. */
export function conditionalCriteria(context: Context, type: string, text: string): Search {
  const query = parseQuery(text.startsWith('?') ? text.slice(1) : text);
  if (query.length === 0) throw new FhirError('search-invalid', 'Conditional criteria must not be empty.');
  if (
    query.some(([name]) =>
      /^_(count|sort|include|revinclude|summary|elements|total)$/.test(name.split(':')[0] ?? ''),
    )
  ) {
    throw new FhirError('search-invalid', 'Conditional criteria take no result parameters.');
  }
  return criteria(context, type, query);
}
