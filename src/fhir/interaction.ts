import { isResourceType } from '../r4/index.ts';
import { FhirError } from './errors.ts';
import type { Query } from './query.ts';

/** What a request asks for: method and path as one closed union (FHIR R4 §http). */
export type Interaction =
  | { kind: 'capabilities' }
  | { kind: 'read'; type: string; id: string }
  | { kind: 'vread'; type: string; id: string; version: number }
  | { kind: 'create'; type: string }
  | { kind: 'update'; type: string; id: string }
  | { kind: 'conditional-update'; type: string }
  | { kind: 'delete'; type: string; id: string }
  | { kind: 'search'; type: string }
  | { kind: 'page'; token: string }
  | { kind: 'history'; type: string; id?: string }
  | { kind: 'bundle' }
  | { kind: 'operation'; name: string; type?: string; id?: string; version?: number };

const ID = /^[A-Za-z0-9\-.]{1,64}$/;
const VERSION = /^[1-9]\d{0,14}$/;
const OPERATION = /^\$[a-z][a-z-]{0,40}$/;

/** Name of the query parameter that carries a sealed paging link. */
export const PAGE_PARAMETER = '_page';

const refuseMethod = (method: string): never => {
  throw new FhirError('method-not-allowed', `${method} is not supported on this path.`);
};

const noSuchPath = () => new FhirError('not-found', 'There is no such path.');

/** The path below the FHIR base, split and decoded. Throws FhirError `invalid` on broken percent-encoding. */
export function pathSegments(path: string): string[] {
  const segments = path.split('/').filter((segment) => segment !== '');
  if (!path.includes('%')) return segments;
  try {
    return segments.map(decodeURIComponent);
  } catch (cause) {
    throw new FhirError('invalid', 'The path is not validly percent-encoded.', { cause });
  }
}

function knownType(type: string): string {
  if (!isResourceType(type)) throw new FhirError('unknown-type', 'This is not a resource type of FHIR R4.');
  return type;
}

function knownId(id: string): string {
  if (!ID.test(id)) throw new FhirError('not-found', 'There is no such resource, or you may not see it.');
  return id;
}

function knownVersion(text: string): number {
  if (!VERSION.test(text))
    throw new FhirError('not-found', 'There is no such version, or you may not see it.');
  return Number(text);
}

const isReading = (method: string): boolean => method === 'GET' || method === 'HEAD';

function reading<T>(method: string, interaction: T): T {
  return isReading(method) ? interaction : refuseMethod(method);
}

/** The sealed link among the query's parameters; undefined when the request is no page of an earlier one. */
function pageToken(query: Query): string | undefined {
  return query.find(([name]) => name === PAGE_PARAMETER)?.[1];
}

function atSystem(method: string, query: Query): Interaction {
  const token = pageToken(query);
  if (token !== undefined) return reading(method, { kind: 'page', token });
  return method === 'POST' ? { kind: 'bundle' } : refuseMethod(method);
}

/** A search, or a page of one: a link too long for a URL is sent as a form. */
export function searchOrPage(type: string, query: Query): Interaction {
  const token = pageToken(query);
  return token === undefined ? { kind: 'search', type } : { kind: 'page', token };
}

function atType(method: string, type: string, query: Query): Interaction {
  if (isReading(method)) return searchOrPage(type, query);
  if (method === 'POST') return { kind: 'create', type };
  return method === 'PUT' ? { kind: 'conditional-update', type } : refuseMethod(method);
}

function atInstance(method: string, type: string, id: string): Interaction {
  if (isReading(method)) return { kind: 'read', type, id };
  if (method === 'PUT') return { kind: 'update', type, id };
  return method === 'DELETE' ? { kind: 'delete', type, id } : refuseMethod(method);
}

function operationOf(segment: string): string | undefined {
  return OPERATION.test(segment) ? segment.slice(1) : undefined;
}

function belowType(method: string, type: string, second: string, query: Query): Interaction | undefined {
  if (second === '_search') return method === 'POST' ? searchOrPage(type, query) : refuseMethod(method);
  if (second === '_history') return reading(method, { kind: 'history', type });
  const name = operationOf(second);
  return name === undefined ? undefined : { kind: 'operation', name, type };
}

function belowInstance(method: string, type: string, id: string, rest: readonly string[]): Interaction {
  const [third = '', fourth, fifth] = rest;
  const name = operationOf(third);
  if (name !== undefined && fourth === undefined) return { kind: 'operation', name, type, id };
  if (third !== '_history') throw noSuchPath();
  if (fourth === undefined) return reading(method, { kind: 'history', type, id });
  const version = knownVersion(fourth);
  if (fifth === undefined) return reading(method, { kind: 'vread', type, id, version });
  const ofVersion = operationOf(fifth);
  if (ofVersion === undefined) throw noSuchPath();
  return { kind: 'operation', name: ofVersion, type, id, version };
}

/**
 * Method, path segments and query as an Interaction. Throws FhirError: `unknown-type` for a first segment
 * that is no resource type, `method-not-allowed` where the path exists without that method, `not-found` else.
 */
export function parseInteraction(method: string, segments: readonly string[], query: Query): Interaction {
  const [first, second, ...rest] = segments;
  if (rest.length > 3) throw noSuchPath();
  if (first === undefined) return atSystem(method, query);
  if (second === undefined) {
    if (first === 'metadata') return reading(method, { kind: 'capabilities' });
    if (first === '_history')
      throw new FhirError('method-not-allowed', 'History of the whole system is not offered.');
    const name = operationOf(first);
    if (name !== undefined) return { kind: 'operation', name };
  }
  const type = knownType(first);
  if (second === undefined) return atType(method, type, query);
  if (rest.length === 0) {
    const found = belowType(method, type, second, query);
    if (found !== undefined) return found;
  }
  const id = knownId(second);
  return rest.length === 0 ? atInstance(method, type, id) : belowInstance(method, type, id, rest);
}
