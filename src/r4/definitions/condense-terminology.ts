import type { CondensedValueSet } from './condensed.ts';

/** The part of a CodeSystem that is read here. */
export interface CodeSystem {
  readonly url: string;
  readonly content: string;
  readonly concept?: readonly Concept[];
}

/** The part of a ValueSet that is read here. */
export interface ValueSet {
  readonly url: string;
  readonly compose?: { readonly include: readonly Include[]; readonly exclude?: readonly Include[] };
}

/** Value sets and code systems by canonical URL. */
export interface TerminologySource {
  readonly valueSets: ReadonlyMap<string, ValueSet>;
  readonly codeSystems: ReadonlyMap<string, CodeSystem>;
}

interface Concept {
  readonly code: string;
  readonly concept?: readonly Concept[];
}

interface Include {
  readonly system?: string;
  readonly concept?: readonly { readonly code: string }[];
  readonly filter?: readonly unknown[];
  readonly valueSet?: readonly string[];
}

/**
 * The codes of a value set by code system. Code systems that are not published as a list stay `open`.
 * Throws when a value set composes in a way that required bindings of R4 do not use (filters, imports, exclusions).
 */
export function expandValueSet(url: string, source: TerminologySource): CondensedValueSet {
  const valueSet = source.valueSets.get(url);
  if (valueSet === undefined) return { kind: 'valueSet', url, systems: {}, open: ['*'] };
  if (valueSet.compose?.exclude !== undefined) throw new Error(`${url} excludes codes.`);
  const systems: Record<string, string[]> = {};
  const open: string[] = [];
  for (const { system, concept, filter, valueSet: imported } of valueSet.compose?.include ?? []) {
    if (system === undefined || filter !== undefined || imported !== undefined)
      throw new Error(`${url} is no plain list of codes.`);
    const codeSystem = source.codeSystems.get(system);
    const codes =
      concept?.map(({ code }) => code) ??
      (codeSystem?.content === 'complete' ? codesOf(codeSystem.concept ?? []) : undefined);
    if (codes === undefined) open.push(system);
    else systems[system] = [...(systems[system] ?? []), ...codes];
  }
  return { kind: 'valueSet', url, systems, ...(open.length === 0 ? {} : { open }) };
}

function codesOf(concepts: readonly Concept[]): string[] {
  return concepts.flatMap(({ code, concept }) => [code, ...codesOf(concept ?? [])]);
}
