import { FhirError } from '../errors.ts';
import type { OperationCall } from '../operation.ts';
import { parsed } from '../prepared.ts';
import type { Query } from '../query.ts';

const SIMPLE =
  /^value(?:Boolean|Canonical|Code|Date|DateTime|Decimal|Id|Instant|Integer|PositiveInt|String|UnsignedInt|Uri|Url)$/;

/**
 * What an operation was given: its URL's parameters, and the simple ones of a Parameters resource (FHIR R4 §operations). Throws
 * FhirError `invalid` for a body that is anything else.
 */
export function simpleParameters({ query, body }: Pick<OperationCall, 'query' | 'body'>): Query {
  if (body === '') return query;
  const { type, resource } = parsed(body);
  if (type !== 'Parameters') throw invalid();
  const { parameter = [] } = resource;
  if (!Array.isArray(parameter)) throw invalid();
  const given = parameter.map((each: unknown): [string, string] => {
    const { name, ...value } = (each ?? {}) as Record<string, unknown>;
    const [entry, ...more] = Object.entries(value);
    if (typeof name !== 'string' || entry === undefined || more.length > 0 || !SIMPLE.test(entry[0]))
      throw invalid();
    return [name, String(entry[1])];
  });
  return [...query, ...given];
}

function invalid(): FhirError {
  return new FhirError('invalid', 'The body is no Parameters resource with simple values.', {
    expression: 'Parameters.parameter',
  });
}
