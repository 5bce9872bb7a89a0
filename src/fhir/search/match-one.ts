import { reachOf } from '../access.ts';
import type { Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { conditionalCriteria } from './criteria.ts';
import { permittedPage } from './permitted-hits.ts';

/**
 * The one resource that conditional criteria match among those the principal may see; undefined when none does.
 * Throws FhirError `multiple-matches` when there are several (FHIR R4 §http-create conditional).
 */
export async function matchOne(
  context: Context,
  type: string,
  text: string,
): Promise<{ id: string; version: number } | undefined> {
  const reach = reachOf(context.principal, type, 's');
  const { versions } = await permittedPage(context, reach, conditionalCriteria(context, type, text), 2);
  if (versions.length > 1) throw new FhirError('multiple-matches', 'The criteria match several resources.');
  const [match] = versions;
  return match === undefined ? undefined : { id: match.id, version: match.version };
}
