import type { CondensedElement, CondensedInvariant, CondensedType } from './condensed.ts';

/** The part of a StructureDefinition that is read here. */
export interface StructureDefinition {
  readonly id: string;
  readonly kind: 'primitive-type' | 'complex-type' | 'resource' | 'logical';
  readonly abstract: boolean;
  readonly derivation?: string;
  readonly baseDefinition?: string;
  readonly snapshot: { readonly element: readonly ElementDefinition[] };
}

/** The part of an ElementDefinition that is read here. */
export interface ElementDefinition {
  readonly path: string;
  readonly min: number;
  readonly max: string;
  readonly type?: readonly {
    readonly code: string;
    readonly profile?: readonly string[];
    readonly targetProfile?: readonly string[];
    readonly extension?: readonly Extension[];
  }[];
  readonly binding?: {
    readonly strength: string;
    readonly valueSet?: string;
  };
  readonly constraint?: readonly {
    readonly key: string;
    readonly severity: string;
    readonly expression?: string;
    readonly human: string;
  }[];
  readonly isSummary?: boolean;
  readonly isModifier?: boolean;
  readonly contentReference?: string;
}

interface Extension {
  readonly url: string;
  readonly valueUrl?: string;
  readonly valueString?: string;
}

/** What types share: rules and value sets are collected while types are read. */
export interface Collected {
  readonly invariants: Map<string, CondensedInvariant>;
  readonly valueSets: Set<string>;
}

/** Checked for every element in code of its own, so not kept 8,000 times (`ele-1`, `ext-1`). */
const CHECKED_BY_THE_WALK = new Set(['ele-1', 'ext-1']);
const STRUCTURE = 'http://hl7.org/fhir/StructureDefinition/';

/** One type of `r4.ndjson`. Elements equal to those of the base type are left out. */
export function condenseStructure(
  sd: StructureDefinition,
  all: ReadonlyMap<string, StructureDefinition>,
  collected: Collected,
): CondensedType {
  const [root, ...rest] = sd.snapshot.element;
  if (root === undefined) throw new Error(`${sd.id} has no snapshot.`);
  const base = sd.baseDefinition?.slice(STRUCTURE.length);
  const prefix = root.path.length + 1;
  const sort = sd.kind === 'primitive-type' ? 'primitive' : sd.kind === 'resource' ? 'resource' : 'complex';
  const regex = rest.find((element) => element.path.endsWith('.value'))?.type?.[0]?.extension;
  const own = rest
    .map((element) => condenseElement(element, prefix, sd.id, collected))
    .filter((element) => !inherited(element, sd, rest, all, collected));
  const invariants = invariantIds(root, sd.id, collected);
  return {
    kind: 'type',
    name: sd.id,
    sort,
    ...(base === undefined ? {} : { base }),
    ...(sd.abstract ? { abstract: true as const } : {}),
    ...(sort === 'primitive' && regex !== undefined ? optional('regex', extensionValue(regex, 'regex')) : {}),
    ...(invariants.length === 0 ? {} : { invariants }),
    elements: sort === 'primitive' ? [] : own,
  };
}

function condenseElement(
  element: ElementDefinition,
  prefix: number,
  typeName: string,
  collected: Collected,
): CondensedElement {
  const types = [...new Set(element.type?.map(typeOf))];
  const targets = element.type
    ?.filter((type) => type.code === 'Reference')
    .flatMap((type) => type.targetProfile ?? [`${STRUCTURE}Resource`])
    .map((url) => url.slice(STRUCTURE.length));
  const binding = bindingOf(element);
  if (binding !== undefined) collected.valueSets.add(binding);
  const invariants = invariantIds(element, typeName, collected);
  const max = element.max === '*' ? '*' : Number(element.max);
  return {
    path: element.path.slice(prefix),
    ...(element.min > 0 ? { min: element.min } : {}),
    ...(max === 1 ? {} : { max }),
    ...(types.length === 0 ? {} : { types }),
    ...(targets === undefined || targets.length === 0 || targets.includes('Resource') ? {} : { targets }),
    ...optional('binding', binding),
    ...(invariants.length === 0 ? {} : { invariants }),
    ...(element.isSummary === true ? { summary: true as const } : {}),
    ...(element.isModifier === true ? { modifier: true as const } : {}),
    ...optional('contentOf', element.contentReference?.slice(1)),
  };
}

function typeOf(type: NonNullable<ElementDefinition['type']>[number]): string {
  if (type.profile?.includes(`${STRUCTURE}SimpleQuantity`)) return 'SimpleQuantity';
  if (!type.code.startsWith('http:')) return type.code;
  return extensionValue(type.extension ?? [], 'structuredefinition-fhir-type') ?? 'string';
}

/** The value set of a required binding. A maximum value set is no such binding: it lists what may be used, not what must. */
function bindingOf({ binding }: ElementDefinition): string | undefined {
  return binding?.strength === 'required' ? binding.valueSet?.split('|')[0] : undefined;
}

function invariantIds(element: ElementDefinition, typeName: string, collected: Collected): string[] {
  return (element.constraint ?? []).flatMap(({ key, severity, expression, human }) => {
    if (severity !== 'error' || expression === undefined || CHECKED_BY_THE_WALK.has(key)) return [];
    const known = collected.invariants.get(key);
    const id = known === undefined || known.expression === expression ? key : `${key}@${typeName}`;
    collected.invariants.set(id, { kind: 'invariant', id, key, expression, human });
    return [id];
  });
}

/** True when the element says no more than the same element of the base type (or of BackboneElement, Element). */
function inherited(
  element: CondensedElement,
  sd: StructureDefinition,
  siblings: readonly ElementDefinition[],
  all: ReadonlyMap<string, StructureDefinition>,
  collected: Collected,
): boolean {
  const cut = element.path.lastIndexOf('.');
  const name = element.path.slice(cut + 1);
  const parent = `${sd.snapshot.element[0]?.path}.${element.path.slice(0, cut)}`;
  const base =
    cut < 0
      ? sd.baseDefinition?.slice(STRUCTURE.length)
      : siblings.find(({ path }) => path === parent)?.type?.[0]?.code;
  const owner = base === undefined ? undefined : all.get(base);
  const definition = owner?.snapshot.element.find(({ path }) => path === `${base}.${name}`);
  if (base === undefined || definition === undefined) return false;
  const theirs = condenseElement(definition, base.length + 1, base, collected);
  return JSON.stringify({ ...theirs, path: '' }) === JSON.stringify({ ...element, path: '' });
}

function extensionValue(extensions: readonly Extension[], name: string): string | undefined {
  const found = extensions.find(({ url }) => url === STRUCTURE + name);
  return found?.valueUrl ?? found?.valueString;
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
