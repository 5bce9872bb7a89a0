import { IdentityError } from '../errors.ts';

/** One FHIR interaction of SMART scopes v2: create, read, update, delete, search. */
export type Interaction = 'c' | 'r' | 'u' | 'd' | 's';

/** Whose data a scope reaches: the patient in context, what the user may see, or what the client may. */
export type ScopeLevel = 'patient' | 'user' | 'system';

/** One bit for each interaction, in the order that the grammar prescribes. */
export const interactionBits: Readonly<Record<Interaction, number>> = { c: 1, r: 2, u: 4, d: 8, s: 16 };

/** A resource scope in the grammar of SMART App Launch 2.2. */
export interface ResourceScope {
  /** As it was asked for: a v1 scope is returned as v1. */
  text: string;
  level: ScopeLevel;
  /** A resource type, or `*`. */
  type: string;
  /** Sum of {@link interactionBits}. */
  interactions: number;
}

/** Longest single scope taken: level, the longest type name and a restriction fit many times over. */
const MAX_SCOPE_CHARACTERS = 512; // a scope with a long restriction stays below 200

// SMART App Launch 2.2, "Scopes for requesting FHIR Resources": letters in the order c r u d s, each at most once.
// `read`, `write` and `*` are the v1 forms, which a server SHOULD process as rs, cud and cruds ("Scopes v1").
const grammar = /^(patient|user|system)\/(\*|[A-Z][A-Za-z]{1,63})\.(c?r?u?d?s?|read|write|\*)(\?.*)?$/s;

// Restrictions are search parameters: name=value pairs joined by &.
const restriction = /^\?[A-Za-z_][\w:.-]*=[^&=?\s]+(&[A-Za-z_][\w:.-]*=[^&=?\s]+)*$/;

/** Scopes for launch context and identity. A client without a user gets none of them; they are passed over, not refused. */
const contextScope = /^(openid|profile|fhirUser|offline_access|online_access|launch(\/[a-z]+(\?.*)?)?)$/;

const versionOne: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };

/** True for `openid`, `fhirUser`, `launch/patient` and the like, which name no resource. */
export function isContextScope(text: string): boolean {
  return contextScope.test(text);
}

/**
 * One resource scope. Throws IdentityError `scope-malformed` when it is not in the grammar, and `scope-unsupported`
 * when it is but carries a restriction (`?category=…`): granting it without enforcing the restriction would give more
 * than was asked for.
 */
export function parseScope(text: string): ResourceScope {
  const match = text.length > MAX_SCOPE_CHARACTERS ? null : grammar.exec(text);
  const [, level, type, permissions, query] = match ?? [];
  if (level === undefined || type === undefined || !permissions) throw malformed();
  if (query !== undefined) {
    if (!restriction.test(query)) throw malformed();
    throw new IdentityError(
      'scope-unsupported',
      'Scopes restricted by search parameters (?name=value) are not supported: ask for the resource type.',
    );
  }
  const letters = versionOne[permissions] ?? permissions;
  let interactions = 0;
  for (const letter of letters) interactions |= interactionBits[letter as Interaction];
  return { text, level: level as ScopeLevel, type, interactions };
}

function malformed(): IdentityError {
  return new IdentityError(
    'scope-malformed',
    'A scope must read like system/Observation.rs (SMART App Launch 2.2, letters in the order cruds).',
  );
}
