import type { Filter } from '../../r4/index.ts';
import { IdentityError } from '../errors.ts';
import {
  APPOINTMENTS,
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
  /** Scopes with a restriction; they are in none of the maps, so that whoever does not know of them grants nothing. */
  readonly restricted: readonly RestrictedScope[];
}

/** A resource scope that reaches only what matches its filters. */
export type RestrictedScope = ResourceScope & { readonly filters: readonly Filter[] };

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
  const restricted: RestrictedScope[] = [];
  for (const scope of scopes) {
    const { level, type, interactions, filters } = scope;
    if (filters !== undefined) restricted.push({ ...scope, filters });
    else maps[level].set(type, (maps[level].get(type) ?? 0) | interactions);
  }
  return { text: scopes.map((scope) => scope.text).join(' '), ...maps, restricted };
}

/**
 * At which levels the scopes grant an interaction on a resource type; undefined when none does. `patient` reaches only
 * the patient in context, `user` only what the user may see: the decision room applies both. A level is never a
 * permission by itself. Restricted scopes do not count: see {@link restrictedFor}.
 */
export function allowedBy(scopes: Scopes, type: string, interaction: Interaction): AllowedLevels | undefined {
  const bit = interactionBits[interaction];
  const granted =
    (grants(scopes.system, type, bit) ? 1 : 0) |
    (grants(scopes.user, type, bit) ? 2 : 0) |
    (grants(scopes.patient, type, bit) ? 4 : 0);
  return answers[granted];
}

/** The restricted scopes that grant an interaction on a resource type, each for what matches its filters; empty when none does. */
export function restrictedFor(
  scopes: Scopes,
  type: string,
  interaction: Interaction,
): readonly RestrictedScope[] {
  const bit = interactionBits[interaction];
  return scopes.restricted.filter((scope) => scope.type === type && (scope.interactions & bit) !== 0);
}

/** True when `granted` reaches everything that `asked` would. `*` is covered only by `*`, a restriction by the same one or by none. */
export function covers(granted: Scopes, asked: ResourceScope): boolean {
  if (grants(granted[asked.level], asked.type, asked.interactions)) return true;
  const restriction = restrictionText(asked);
  return (
    restriction !== undefined &&
    granted.restricted.some(
      (scope) =>
        scope.level === asked.level &&
        scope.type === asked.type &&
        restrictionText(scope) === restriction &&
        (scope.interactions & asked.interactions) === asked.interactions,
    )
  );
}

/**
 * What `granted` reaches of a scope, at whatever level; empty when nothing. `*` is taken apart into the types of which more is
 * granted than of all: who may do something of ten types is given those ten by an app that asks for everything. An appointment
 * is granted by its type's name alone: whoever may do everything with all types holds none by that.
 */
export function narrowed(
  granted: ReadonlyMap<string, number>,
  asked: ResourceScope,
): readonly ResourceScope[] {
  const byAll = (type: string) => (granted.get('*') ?? 0) & ~(APPOINTMENTS.get(type) ?? 0);
  if (asked.type !== '*') return reduced(asked, byAll(asked.type) | (granted.get(asked.type) ?? 0));
  const more = [...granted].filter(
    ([type, bits]) => type !== '*' && (bits & asked.interactions & ~byAll(type)) !== 0,
  );
  return [
    ...reduced(asked, byAll('*')),
    ...more.map(([type, bits]) => withInteractions({ ...asked, type }, bits & asked.interactions)),
  ];
}

function reduced(asked: ResourceScope, bits: number): readonly ResourceScope[] {
  const interactions = asked.interactions & bits;
  if (interactions === 0) return [];
  return [interactions === asked.interactions ? asked : withInteractions(asked, interactions)];
}

function withInteractions(asked: ResourceScope, interactions: number): ResourceScope {
  const restriction = restrictionText(asked);
  const text = `${asked.level}/${asked.type}.${lettersOf(interactions)}${restriction === undefined ? '' : `?${restriction}`}`;
  return { ...asked, interactions, text };
}

function lettersOf(interactions: number): string {
  return Object.entries(interactionBits)
    .filter(([, bit]) => (interactions & bit) !== 0)
    .map(([letter]) => letter)
    .join('');
}

function restrictionText({ text, filters }: ResourceScope): string | undefined {
  return filters === undefined ? undefined : text.slice(text.indexOf('?') + 1);
}

/** True when a scope at this level is among them. */
export function hasLevel(scopes: readonly ResourceScope[], level: ScopeLevel): boolean {
  return scopes.some((scope) => scope.level === level);
}

function grants(map: ReadonlyMap<string, number>, type: string, bits: number): boolean {
  const held = (map.get(type) ?? 0) | (map.get('*') ?? 0);
  return (held & bits) === bits;
}
