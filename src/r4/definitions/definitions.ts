import type {
  CondensedInvariant,
  CondensedLine,
  CondensedSearchParameter,
  CondensedType,
  CondensedValueSet,
} from './condensed.ts';
import { readDefinitions } from './load.ts';
import { buildSchemas, type TypeSchema } from './schema.ts';

/** Everything this room knows of FHIR R4, indexed. */
export interface Definitions {
  readonly types: ReadonlyMap<string, TypeSchema>;
  readonly valueSets: ReadonlyMap<string, CondensedValueSet>;
  readonly searchParameters: readonly CondensedSearchParameter[];
  /** Resource type → codes of the search parameters that place it in a patient's compartment. */
  readonly compartments: ReadonlyMap<string, readonly string[]>;
}

let loaded: Definitions | undefined;

/**
 * Reads the R4 definitions, once a process (about 20 ms). Everything in this room does it by itself on first use;
 * a server calls it at its start so that no request waits.
 */
export function loadDefinitions(): Definitions {
  loaded ??= parseDefinitions(readDefinitions());
  return loaded;
}

function parseDefinitions(text: string): Definitions {
  const types: CondensedType[] = [];
  const invariants = new Map<string, CondensedInvariant>();
  const valueSets = new Map<string, CondensedValueSet>();
  const searchParameters: CondensedSearchParameter[] = [];
  const compartments = new Map<string, readonly string[]>();
  for (const json of text.split('\n')) {
    if (json === '') continue;
    const line = JSON.parse(json) as CondensedLine;
    if (line.kind === 'type') types.push(line);
    else if (line.kind === 'invariant') invariants.set(line.id, line);
    else if (line.kind === 'valueSet') valueSets.set(line.url, line);
    else if (line.kind === 'searchParameter') searchParameters.push(line);
    else compartments.set(line.type, line.parameters);
  }
  return { types: buildSchemas(types, invariants), valueSets, searchParameters, compartments };
}
