import { type Filter, parseSearch } from '../../r4/index.ts';
import { IdentityError } from '../errors.ts';

/** One FHIR interaction of SMART scopes v2: create, read, update, delete, search. */
export type Interaction = 'c' | 'r' | 'u' | 'd' | 's';

/** Whose data a scope reaches: the patient in context, what the user may see, or what the client may. */
export type ScopeLevel = 'patient' | 'user' | 'system';

/** One bit for each interaction, in the order that the grammar prescribes. */
export const interactionBits: Readonly<Record<Interaction, number>> = { c: 1, r: 2, u: 4, d: 8, s: 16 };

/**
 * What a scope for all types never holds, by type: AuditEvents cannot be changed, so `AuditEvent.u` appoints the privacy officer and
 * must be named (decision 41).
 */
export const APPOINTMENTS: ReadonlyMap<string, number> = new Map([['AuditEvent', interactionBits.u]]);

/** A resource scope in the grammar of SMART App Launch 2.2. */
export interface ResourceScope {
  /** As it was asked for: a v1 scope is returned as v1. */
  text: string;
  level: ScopeLevel;
  /** A resource type, or `*`. */
  type: string;
  /** Sum of {@link interactionBits}. */
  interactions: number;
  /** What a resource must match to be reached (`?category=…`); all of them. Absent when the scope has no restriction. */
  filters?: readonly Filter[];
}

/** Longest single scope taken: level, the longest type name and a restriction fit many times over. */
const MAX_SCOPE_CHARACTERS = 512; // a scope with a long restriction stays below 200

// SMART App Launch 2.2, "Scopes for requesting FHIR Resources": letters in the order c r u d s, each at most once.
// `read`, `write` and `*` are the v1 forms, which a server SHOULD process as rs, cud and cruds ("Scopes v1").
const grammar = /^(patient|user|system)\/(\*|[A-Z][A-Za-z]{1,63})\.(c?r?u?d?s?|read|write|\*)(\?.*)?$/s;

// Restrictions are search parameters: name=value pairs joined by &.
const restriction = /^\?[A-Za-z_][\w:.-]*=[^&=?\s]+(&[A-Za-z_][\w:.-]*=[^&=?\s]+)*$/;

/** Scopes for launch context, identity and administration. A client without a user gets none of them; they are passed over, not refused. */
const contextScope =
  /^(openid|profile|fhirUser|offline_access|online_access|administration|launch(\/[a-z]+(\?.*)?)?)$/;

/** Interactions whose scopes may be restricted: those that show something which can be held against the restriction. */
const SHOWING = interactionBits.r | interactionBits.s; // a write has nothing stored to compare with

/** Filters that one resource can be held against by itself. */
const decidable: ReadonlySet<Filter['kind']> = new Set(['token', 'reference', 'string', 'date', 'uri']);

const versionOne: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };

/** True for `openid`, `fhirUser`, `launch/patient` and the like, which name no resource. */
export function isContextScope(text: string): boolean {
  return contextScope.test(text);
}

/**
 * One resource scope. A restriction (`?category=…`) is parsed as a search of its type, so that it is enforced or refused,
 * never granted without being enforced. Throws IdentityError `scope-malformed`, or `scope-unsupported` for a restriction on
 * `*`, on create, update or delete, or by a parameter that cannot be held against one resource.
 */
export function parseScope(text: string): ResourceScope {
  const match = text.length > MAX_SCOPE_CHARACTERS ? null : grammar.exec(text);
  const [, level, type, permissions, query] = match ?? [];
  if (level === undefined || type === undefined || !permissions) throw malformed();
  const letters = versionOne[permissions] ?? permissions;
  let interactions = 0;
  for (const letter of letters) interactions |= interactionBits[letter as Interaction];
  const scope = { text, level: level as ScopeLevel, type, interactions };
  if (query === undefined) return scope;
  if (!restriction.test(query)) throw malformed();
  if (type === '*' || (interactions & ~SHOWING) !== 0)
    throw unsupported(
      'A restriction (?name=value) goes with one resource type, and with reading and searching.',
    );
  return { ...scope, filters: restrictionOf(type, query.slice(1)) };
}

function restrictionOf(type: string, query: string): readonly Filter[] {
  const pairs = query.split('&').map((pair): [string, string] => {
    const at = pair.indexOf('=');
    try {
      return [pair.slice(0, at), decodeURIComponent(pair.slice(at + 1))];
    } catch {
      throw malformed();
    }
  });
  const parsed = parseSearch(type, pairs);
  if (!parsed.ok) throw unsupported(parsed.issues.map(({ message }) => message).join(' '));
  const { filters } = parsed.search;
  if (filters.length !== pairs.length || !filters.every(({ kind }) => decidable.has(kind)))
    throw unsupported(
      'A scope is restricted by codes, references, text, dates or URIs of the resource itself.',
    );
  return filters;
}

function unsupported(message: string): IdentityError {
  return new IdentityError('scope-unsupported', message);
}

function malformed(): IdentityError {
  return new IdentityError(
    'scope-malformed',
    'A scope must read like system/Observation.rs (SMART App Launch 2.2, letters in the order cruds).',
  );
}
