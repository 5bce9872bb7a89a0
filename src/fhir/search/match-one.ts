import { reachOf, type Shown } from '../access.ts';
import type { Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import type { Condition } from './criteria.ts';
import { PermittedSearch } from './permitted-search.ts';

/**
 * The one resource that a condition matches among those the asker may see; undefined when none does. Throws FhirError
 * `multiple-matches` when there are several (FHIR R4 §http-create conditional).
 */
export async function matchOne(context: Context, { search }: Condition): Promise<Shown | undefined> {
  const reach = reachOf(context.principal, search.type, 's');
  const { versions } = await new PermittedSearch(context, reach, search).page(2);
  if (versions.length > 1) throw new FhirError('multiple-matches', 'The criteria match several resources.');
  return versions[0];
}
