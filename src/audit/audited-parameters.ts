import { searchParameters } from '../r4/index.ts';

/**
 * Parameters about how results are given (FHIR R4 §search); their values say nothing of a person, and neither does a
 * patient's logical id, which the AuditEvent holds anyway. An AuditEvent outlives the erasure of what was searched: a name, number,
 * code, date or status that somebody searched for is not kept, only that it was searched by.
 */
const VALUES_KEPT: ReadonlySet<string> = new Set([
  '_count',
  '_elements',
  '_format',
  '_include',
  '_revinclude',
  '_sort',
  '_summary',
  '_total',
  '_type',
  'patient',
]);

/** Parameters that are neither of those nor an element's. */
const OTHERS: ReadonlySet<string> = new Set(['_has', '_since', '_page']);

/** A patient by logical id. Anything else that is said of one, in a chain or by an identifier, is somebody's data. */
const PATIENT = /^(Patient\/)?[A-Za-z0-9\-.]{1,64}$/;

/** What a kept value may look like: names of parameters and types, small numbers, a logical id. */
const PLAIN_VALUE = /^[A-Za-z0-9\-.,:_/*]{1,200}$/;

/** Parameters listed in one AuditEvent. */
const MAX_PARAMETERS = 50; // longer queries are refused by the search itself

/**
 * Search parameters, as `name` or `name=value`, in the form that an AuditEvent may hold: `name=value` for those of a fixed
 * list, the bare name of others, without modifier and chain. A name that no search parameter of the type has is left out:
 * a client could have written anything there.
 */
export function auditedParameters(type: string | undefined, searched: readonly string[]): string[] {
  const known = type === undefined ? undefined : searchParameters(type);
  const kept = searched.slice(0, MAX_PARAMETERS).flatMap((parameter) => {
    const [name = ''] = parameter.split(/[=:.]/, 1);
    const isKept = VALUES_KEPT.has(name);
    if (!isKept && !OTHERS.has(name) && known?.has(name) !== true) return [];
    const at = parameter.indexOf('=');
    const value = at < 0 ? '' : parameter.slice(at + 1);
    const isPlain = parameter.slice(0, at) === name || name !== 'patient';
    const form = name === 'patient' ? PATIENT : PLAIN_VALUE;
    return isKept && isPlain && form.test(value) ? [`${name}=${value}`] : [name];
  });
  return [...new Set(kept)];
}
