import { sha256Native } from '../../crypto/index.ts';
import { canonicalize, type JsonObject } from '../../proof/index.ts';
import type { CodeSet } from './code-set.ts';
import { GENETIC } from './code-sets/genetic.ts';
import { HIV } from './code-sets/hiv.ts';
import { MEDICINES } from './code-sets/medicines.ts';
import { MENTAL_HEALTH } from './code-sets/mental-health.ts';
import { SEXUAL_HEALTH } from './code-sets/sexual-health.ts';
import { SUBSTANCE_USE } from './code-sets/substance-use.ts';
import { VIOLENCE } from './code-sets/violence.ts';

/** Hex digits of a rules' version: enough that no two rules that an organisation ever has share one. */
const VERSION_DIGITS = 16; // kept with every version, so no longer than it must be

/**
 * Who here is a federally assisted program under 42 CFR 2.11: the whole organisation, or those units, staff and places of a general
 * medical facility that hold themselves out as one, as references such as `Organization/12`. Absent when nobody is.
 */
export type Part2Program = 'organisation' | readonly string[];

/** What makes data sensitive, ready to label with. */
export interface LabelRules {
  /** Digest of all that follows: labels that were computed under other rules are computed anew. */
  readonly version: string;
  readonly sets: readonly CodeSet[];
  readonly part2Program: Part2Program | undefined;
  /** Labels of a `system|code`. */
  readonly exact: ReadonlyMap<string, readonly string[]>;
  /** Labels of everything that begins with a `system|beginning`. */
  readonly beginnings: ReadonlyMap<string, readonly string[]>;
  /** Systems of which some set names a beginning, with the characters of the longest: no code is looked at beyond them. */
  readonly systems: ReadonlyMap<string, number>;
}

/** The code sets that an organisation has unless it names others: FHIR's sensitivity classes, each with its sources. */
export const DEFAULT_CODE_SETS: readonly CodeSet[] = [
  ...SUBSTANCE_USE,
  MENTAL_HEALTH,
  HIV,
  ...SEXUAL_HEALTH,
  GENETIC,
  VIOLENCE,
  ...MEDICINES,
];

/** Rules that stand for these code sets. */
export function labelRules(sets: readonly CodeSet[], part2Program?: Part2Program): LabelRules {
  const exact = new Map<string, readonly string[]>();
  const beginnings = new Map<string, readonly string[]>();
  const systems = new Map<string, number>();
  for (const { codes, labels } of sets) {
    for (const [system, listed] of Object.entries(codes)) {
      for (const code of listed) {
        const isBeginning = code.endsWith('*');
        if (isBeginning) systems.set(system, Math.max(systems.get(system) ?? 0, code.length - 1));
        const key = `${system}|${isBeginning ? code.slice(0, -1) : code}`;
        const into = isBeginning ? beginnings : exact;
        into.set(key, [...new Set([...(into.get(key) ?? []), ...labels])]);
      }
    }
  }
  return { version: versionOf(sets, part2Program), sets, part2Program, exact, beginnings, systems };
}

function versionOf(sets: readonly CodeSet[], part2Program: Part2Program | undefined): string {
  const content: JsonObject = { sets, part2Program: part2Program ?? [] };
  return sha256Native(canonicalize(content)).toString('hex').slice(0, VERSION_DIGITS);
}

/** The rules of an organisation that names none. */
export const DEFAULT_LABEL_RULES: LabelRules = labelRules(DEFAULT_CODE_SETS);

/** A resource has the labels that stand on it, and no others: the policy profile `consent-only`. */
export const NO_LABEL_RULES: LabelRules = labelRules([]);
