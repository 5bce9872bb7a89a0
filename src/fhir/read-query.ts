import type { Context } from './context.ts';
import { FhirError } from './errors.ts';
import type { Query } from './query.ts';
import type { Subset } from './release.ts';
import { criteria } from './search/criteria.ts';

const WHOLE: Subset = {};
const KNOWN: ReadonlySet<string> = new Set(['_elements', '_format', '_pretty', '_summary']);

/** The part of a resource that a read asks for (FHIR R4 §search summary, elements). Throws FhirError `search-unsupported` for any other parameter. */
export function parseReadQuery(context: Context, type: string, query: Query): Subset {
  if (query.length === 0) return WHOLE;
  for (const [name] of query) if (!KNOWN.has(name)) throw unsupported(name);
  const { elements, summary } = criteria(context, type, query);
  if (summary === 'count') throw unsupported('_summary');
  return { ...(elements === undefined ? {} : { elements }), ...(summary === undefined ? {} : { summary }) };
}

function unsupported(expression: string): FhirError {
  return new FhirError('search-unsupported', 'A read takes _elements, _summary and _format only.', {
    expression,
  });
}
