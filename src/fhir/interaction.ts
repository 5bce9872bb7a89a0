import { isResourceType } from '../r4/index.ts';
import { FhirError } from './errors.ts';

/** Query parameters in the order given, decoded. */
export type Query = readonly (readonly [name: string, value: string])[];

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
  | { kind: 'page' }
  | { kind: 'history'; type?: string; id?: string }
  | { kind: 'bundle' }
  | { kind: 'operation'; name: string; type?: string; id?: string; version?: number };

const ID = /^[A-Za-z0-9\-.]{1,64}$/;
const VERSION = /^[1-9]\d{0,14}$/;
const OPERATION = /^\$[a-z][a-z-]{0,40}$/;

const refuseMethod = (method: string): never => {
  throw new FhirError('method-not-allowed', `${method} is not supported on this path.`);
};

/** The URL's path below the FHIR base, split and decoded. Throws FhirError `invalid` on broken percent-encoding. */
export function pathSegments(path: string): string[] {
  try {
    return path
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent);
  } catch (cause) {
    throw new FhirError('invalid', 'The path is not validly percent-encoded.', { cause });
  }
}

/** Query text into pairs. Repetition is kept: it means AND (FHIR R4 §search). */
export function parseQuery(text: string): Query {
  return text === '' ? [] : [...new URLSearchParams(text)];
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

const atSystem = (method: string, query: Query): Interaction => {
  if (method === 'POST') return { kind: 'bundle' };
  if (method === 'GET' && query.some(([name]) => name === '_page')) return { kind: 'page' };
  return refuseMethod(method);
};

function atType(method: string, type: string, query: Query): Interaction {
  if (method === 'GET' || method === 'HEAD') {
    return query.some(([name]) => name === '_page') ? { kind: 'page' } : { kind: 'search', type };
  }
  if (method === 'POST') return { kind: 'create', type };
  if (method === 'PUT') return { kind: 'conditional-update', type };
  return refuseMethod(method);
}

function atInstance(method: string, type: string, id: string): Interaction {
  if (method === 'GET' || method === 'HEAD') return { kind: 'read', type, id };
  if (method === 'PUT') return { kind: 'update', type, id };
  if (method === 'DELETE') return { kind: 'delete', type, id };
  return refuseMethod(method);
}

const reading = (method: string): void => {
  if (method !== 'GET' && method !== 'HEAD') refuseMethod(method);
};

/**
 * Method, path segments and query as an Interaction. Throws FhirError: `unknown-type` for a first segment
 * that is no resource type, `method-not-allowed` where the path exists without that method, `not-found` else.
 */
export function parseInteraction(method: string, segments: readonly string[], query: Query): Interaction {
  const [first, second, third, fourth, fifth] = segments;
  if (segments.length > 5) throw new FhirError('not-found', 'There is no such path.');
  if (first === undefined) return atSystem(method, query);
  if (first === 'metadata' && second === undefined) {
    reading(method);
    return { kind: 'capabilities' };
  }
  if (first === '_history' && second === undefined) {
    reading(method);
    return { kind: 'history' };
  }
  if (OPERATION.test(first) && second === undefined) return { kind: 'operation', name: first.slice(1) };
  const type = knownType(first);
  if (second === undefined) return atType(method, type, query);
  if (second === '_search' && third === undefined && method === 'POST') return { kind: 'search', type };
  if (second === '_history' && third === undefined) {
    reading(method);
    return { kind: 'history', type };
  }
  if (OPERATION.test(second) && third === undefined)
    return { kind: 'operation', name: second.slice(1), type };
  const id = knownId(second);
  if (third === undefined) return atInstance(method, type, id);
  if (OPERATION.test(third) && fourth === undefined)
    return { kind: 'operation', name: third.slice(1), type, id };
  if (third !== '_history') throw new FhirError('not-found', 'There is no such path.');
  if (fourth === undefined) {
    reading(method);
    return { kind: 'history', type, id };
  }
  const version = knownVersion(fourth);
  if (fifth === undefined) {
    reading(method);
    return { kind: 'vread', type, id, version };
  }
  if (!OPERATION.test(fifth)) throw new FhirError('not-found', 'There is no such path.');
  return { kind: 'operation', name: fifth.slice(1), type, id, version };
}
