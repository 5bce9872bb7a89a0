import { IdentityError } from '../errors.ts';
import {
  type Interaction,
  interactionBits,
  isContextScope,
  parseScope,
  type ResourceScope,
  type ScopeLevel,
} from './scope.ts';

/** The resource scopes of a token, ready for the check on every request. */
export interface Scopes {
  /** As in the token's `scope` claim. */
  readonly text: string;
  /** Resource type (or `*`) → interaction bits. */
  readonly patient: ReadonlyMap<string, number>;
  readonly user: ReadonlyMap<string, number>;
  readonly system: ReadonlyMap<string, number>;
}

/** At which levels an interaction is granted; a level that does not grant it is absent. */
export interface AllowedLevels {
  readonly system?: true;
  readonly user?: true;
  readonly patient?: true;
}

/** R4 has 148 resource types: more scopes than that repeat themselves. */
const MAX_SCOPES = 200; // each one is kept in memory with the token

/** The eight answers of {@link allowedBy}, made once: the check runs on every request. */
const answers: readonly (AllowedLevels | undefined)[] = Array.from({ length: 8 }, (_, bits) =>
  bits === 0
    ? undefined
    : Object.freeze({
        ...(bits & 1 ? { system: true as const } : {}),
        ...(bits & 2 ? { user: true as const } : {}),
        ...(bits & 4 ? { patient: true as const } : {}),
      }),
);

/**
 * The resource scopes of a `scope` value (RFC 6749 §3.3). Context scopes (`openid`, `launch/patient`) are passed over:
 * the result is empty when there is nothing else. Throws IdentityError `scope-malformed` or `scope-unsupported`.
 */
export function parseScopes(text: string): Scopes {
  return compileScopes(parseResourceScopes(text));
}

/** As {@link parseScopes}, as a list in the order asked for, repeats removed. */
export function parseResourceScopes(text: string): ResourceScope[] {
  const words = [...new Set(text.split(' ').filter((word) => word !== '' && !isContextScope(word)))];
  if (words.length > MAX_SCOPES)
    throw new IdentityError('scope-malformed', `At most ${MAX_SCOPES} scopes can be asked for at once.`);
  return words.map(parseScope);
}

/** The scopes as one value for {@link allowedBy}. */
export function compileScopes(scopes: readonly ResourceScope[]): Scopes {
  const maps: Record<ScopeLevel, Map<string, number>> = {
    patient: new Map(),
    user: new Map(),
    system: new Map(),
  };
  for (const { level, type, interactions } of scopes) {
    maps[level].set(type, (maps[level].get(type) ?? 0) | interactions);
  }
  return { text: scopes.map((scope) => scope.text).join(' '), ...maps };
}

/**
 * At which levels the scopes grant an interaction on a resource type; undefined when none does. `patient` reaches only
 * the patient in context, `user` only what the user may see: the decision room applies both. A level is never a
 * permission by itself.
 */
export function allowedBy(scopes: Scopes, type: string, interaction: Interaction): AllowedLevels | undefined {
  const bit = interactionBits[interaction];
  const granted =
    (grants(scopes.system, type, bit) ? 1 : 0) |
    (grants(scopes.user, type, bit) ? 2 : 0) |
    (grants(scopes.patient, type, bit) ? 4 : 0);
  return answers[granted];
}

/** True when `granted` reaches everything that `asked` would. `*` is covered only by `*`. */
export function covers(granted: Scopes, asked: ResourceScope): boolean {
  return grants(granted[asked.level], asked.type, asked.interactions);
}

/** True when a scope at this level is among them. */
export function hasLevel(scopes: readonly ResourceScope[], level: ScopeLevel): boolean {
  return scopes.some((scope) => scope.level === level);
}

function grants(map: ReadonlyMap<string, number>, type: string, bits: number): boolean {
  const held = (map.get(type) ?? 0) | (map.get('*') ?? 0);
  return (held & bits) === bits;
}
