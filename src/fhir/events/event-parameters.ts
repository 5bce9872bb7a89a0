import { isLogicalId } from '../../identity/index.ts';
import { isResourceType } from '../../r4/index.ts';
import { FhirError } from '../errors.ts';
import { type Query, single } from '../query.ts';

/**
 * AuditEvents of requests are no versions (Vault.versionsAfter) and could not be told of; only brought-in ones could, which are not the
 * trail. So none are.
 */
const NEVER_TOLD = 'AuditEvent';

/** Which writes somebody wants to be told of. */
export interface EventParameters {
  /** Resource types; all of them when undefined. */
  readonly types: ReadonlySet<string> | undefined;
  /** Logical id of the patient in whose compartment a version is; any, and none, when undefined. */
  readonly patient: string | undefined;
}

/**
 * `type`, repeated or with commas, and `patient`, a logical id. Throws FhirError `search-unsupported` for any other parameter and for
 * AuditEvent, `search-invalid` for another value: nothing is ever ignored.
 */
export function eventParameters(query: Query): EventParameters {
  for (const [name] of query)
    if (name !== 'type' && name !== 'patient')
      throw new FhirError('search-unsupported', 'The events take the parameters type and patient.');
  const patient = single(query, 'patient');
  if (patient !== undefined && !isLogicalId(patient))
    throw new FhirError('search-invalid', 'patient is one logical id.');
  const named = query.flatMap(([name, value]) => (name === 'type' ? value.split(',') : []));
  for (const type of named) requireTold(type);
  return { types: named.length === 0 ? undefined : new Set(named), patient };
}

function requireTold(type: string): void {
  if (!isResourceType(type)) throw new FhirError('search-invalid', 'type is a resource type of FHIR R4.');
  if (type === NEVER_TOLD)
    throw new FhirError('search-unsupported', 'AuditEvents are not among the events: search for them.');
}

/** Whether versions of a type are wanted at all. */
export function isWanted({ types }: EventParameters, type: string): boolean {
  return type !== NEVER_TOLD && (types === undefined || types.has(type));
}
