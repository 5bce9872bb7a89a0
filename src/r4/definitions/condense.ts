import { condenseSearchParameter } from './condense-search.ts';
import { condenseStructure, type StructureDefinition } from './condense-structure.ts';
import { expandValueSet, type TerminologySource } from './condense-terminology.ts';
import type { CondensedCompartment, CondensedInvariant, CondensedLine } from './condensed.ts';

/** HL7's definitions, as resources of the official package. */
export interface OfficialDefinitions {
  readonly structures: readonly StructureDefinition[];
  readonly terminology: TerminologySource;
  readonly searchParameters: readonly Parameters<typeof condenseSearchParameter>[0][];
  readonly patientCompartment: { readonly resource: readonly { code: string; param?: readonly string[] }[] };
}

/** Types that are profiles in form, but that elements name as their type. */
const PROFILES_KEPT = new Set(['SimpleQuantity']);

/**
 * The text of `r4.ndjson`: what validation, search and compartments need of HL7's definitions, sorted so that the same
 * definitions always give the same text. Throws when a required value set or a base type is missing.
 */
export function condense(official: OfficialDefinitions): string {
  const structures = official.structures.filter(
    (sd) => sd.kind !== 'logical' && (sd.derivation !== 'constraint' || PROFILES_KEPT.has(sd.id)),
  );
  const byName = new Map(structures.map((sd) => [sd.id, sd]));
  const invariants = new Map<string, CondensedInvariant>();
  const valueSets = new Set<string>();
  const types = structures
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((sd) => condenseStructure(sd, byName, { invariants, valueSets }));
  const compartments = official.patientCompartment.resource
    .filter((entry) => entry.param !== undefined)
    .map(
      (entry): CondensedCompartment => ({
        kind: 'compartment',
        type: entry.code,
        parameters: entry.param ?? [],
      }),
    );
  const lines: CondensedLine[] = [
    ...types,
    ...sortedBy([...invariants.values()], (invariant) => invariant.id),
    ...[...valueSets].sort().map((url) => expandValueSet(url, official.terminology)),
    ...sortedBy(official.searchParameters, (parameter) => parameter.url).map(condenseSearchParameter),
    ...sortedBy(compartments, (compartment) => compartment.type),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function sortedBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  return items.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
