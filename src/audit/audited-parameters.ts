/**
 * Search parameters whose values may stand in an AuditEvent, which outlives the erasure of what was searched: how
 * results are given, resource types, and the logical id of a patient. A name, number, code, date or status that somebody
 * searched for says something about a person; of such parameters the name alone is kept.
 */
const VALUES_KEPT: ReadonlySet<string> = new Set([
  '_count',
  '_elements',
  '_format',
  '_include',
  '_include:iterate',
  '_pretty',
  '_revinclude',
  '_revinclude:iterate',
  '_sort',
  '_summary',
  '_total',
  '_type',
  'patient',
]);

/** What a kept value may look like: parameter names, resource types, small numbers, a logical id. */
const PLAIN_VALUE = /^[A-Za-z0-9\-.,:_/*]{1,200}$/;

/** The form of a search parameter's name with modifier or chain; anything else is not written down. */
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_\-.:]{0,99}$/;

/** Parameters listed in one AuditEvent. */
const MAX_PARAMETERS = 50; // longer queries are refused by the search itself

/**
 * Parsed search parameters as an AuditEvent may name them: `name=value` for those of a fixed list, `name` for all others.
 * Only for parameters that the server knows: a name that a client made up could be anything.
 */
export function auditedParameters(query: readonly (readonly [name: string, value: string])[]): string[] {
  return query.slice(0, MAX_PARAMETERS).flatMap(([name, value]) => {
    if (!PLAIN_NAME.test(name)) return [];
    return VALUES_KEPT.has(name) && PLAIN_VALUE.test(value) ? [`${name}=${value}`] : [name];
  });
}
