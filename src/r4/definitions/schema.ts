import type { CondensedElement, CondensedInvariant, CondensedType } from './condensed.ts';

/** A FHIR type as it is walked: elements by their JSON name. Types refer to each other, so the graph has cycles. */
export interface TypeSchema {
  /** `Observation`, `Quantity`, `code`; a backbone element has its path, such as `Observation.component`. */
  readonly name: string;
  readonly sort: 'primitive' | 'complex' | 'backbone' | 'resource';
  /** The type this one specialises, up to Element or Resource. */
  readonly base: TypeSchema | undefined;
  readonly abstract: boolean;
  readonly regex: string | undefined;
  readonly invariants: readonly CondensedInvariant[];
  /** By JSON name: `valueQuantity`, never `value[x]`. */
  readonly elements: ReadonlyMap<string, ElementSchema>;
  /** By FHIRPath name: `value` gives every `value…`. */
  readonly named: ReadonlyMap<string, readonly ElementSchema[]>;
  /** Names of elements that must be there; a choice is met by any of its JSON names. */
  readonly mandatory: readonly { readonly name: string; readonly keys: readonly string[] }[];
}

/** An element of a type; a choice of types gives one of these for each type. */
export interface ElementSchema {
  readonly key: string;
  /** As in the specification: `value[x]`. */
  readonly name: string;
  readonly type: TypeSchema;
  readonly min: number;
  readonly max: number;
  readonly array: boolean;
  readonly targets: ReadonlySet<string> | undefined;
  readonly binding: string | undefined;
  readonly invariants: readonly CondensedInvariant[];
  readonly summary: boolean;
  readonly modifier: boolean;
}

interface Shell extends TypeSchema {
  elements: Map<string, ElementSchema>;
  named: Map<string, ElementSchema[]>;
  mandatory: { name: string; keys: string[] }[];
}

/** Schemas of all types and backbone elements by name. Throws when a type that an element names is not there. */
export function buildSchemas(
  types: readonly CondensedType[],
  invariants: ReadonlyMap<string, CondensedInvariant>,
): ReadonlyMap<string, TypeSchema> {
  const shells = new Map<string, Shell>();
  const condensed = new Map(types.map((type) => [type.name, type]));
  const rules = (ids: readonly string[] | undefined) => (ids ?? []).map((id) => must(invariants.get(id), id));
  const shellOf = (name: string): Shell => {
    const known = shells.get(name);
    if (known !== undefined) return known;
    const type = must(condensed.get(name), name);
    const base = type.base === undefined ? undefined : shellOf(type.base);
    const shell = emptyShell(name, type.sort, base, rules(type.invariants), type);
    shells.set(name, shell);
    return shell;
  };
  for (const { name } of types) shellOf(name);
  for (const type of types) addBackbones(type, shells, rules);
  const filled = new Set<string>();
  const fill = (type: CondensedType): void => {
    if (filled.has(type.name)) return;
    filled.add(type.name);
    if (type.base !== undefined) fill(must(condensed.get(type.base), type.base));
    fillType(type, shells, rules);
  };
  // Backbone elements of every type repeat what these two say, so they come first.
  for (const name of ['Element', 'BackboneElement']) fill(must(condensed.get(name), name));
  for (const type of types) fill(type);
  return shells;
}

function emptyShell(
  name: string,
  sort: TypeSchema['sort'],
  base: Shell | undefined,
  invariants: readonly CondensedInvariant[],
  type?: CondensedType,
): Shell {
  return {
    name,
    sort,
    base,
    abstract: type?.abstract ?? false,
    regex: type?.regex ?? base?.regex,
    invariants,
    elements: new Map(),
    named: new Map(),
    mandatory: [],
  };
}

type Rules = (ids: readonly string[] | undefined) => CondensedInvariant[];

const isBackbone = (element: CondensedElement): boolean =>
  element.types?.length === 1 && (element.types[0] === 'BackboneElement' || element.types[0] === 'Element');

function addBackbones(type: CondensedType, shells: Map<string, Shell>, rules: Rules): void {
  for (const element of type.elements.filter(isBackbone)) {
    const name = `${type.name}.${element.path}`;
    const base = must(shells.get(element.types?.[0] ?? ''), name);
    shells.set(name, emptyShell(name, 'backbone', base, rules(element.invariants)));
  }
}

/** Adds the elements of a type and of its backbone elements; the base type was filled before. */
function fillType(type: CondensedType, shells: ReadonlyMap<string, Shell>, rules: Rules): void {
  const root = must(shells.get(type.name), type.name);
  if (root.base !== undefined) for (const element of root.base.elements.values()) addElement(root, element);
  for (const element of type.elements.filter(isBackbone)) {
    const backbone = must(shells.get(`${type.name}.${element.path}`), element.path);
    for (const inherited of backbone.base?.elements.values() ?? []) addElement(backbone, inherited);
  }
  for (const element of type.elements) {
    const cut = element.path.lastIndexOf('.');
    const owner =
      cut < 0 ? root : must(shells.get(`${type.name}.${element.path.slice(0, cut)}`), element.path);
    for (const schema of elementSchemas(element, type.name, shells, rules)) addElement(owner, schema);
  }
}

function elementSchemas(
  element: CondensedElement,
  typeName: string,
  shells: ReadonlyMap<string, Shell>,
  rules: Rules,
): ElementSchema[] {
  const name = element.path.slice(element.path.lastIndexOf('.') + 1);
  const choice = name.endsWith('[x]');
  const own = isBackbone(element) ? `${typeName}.${element.path}` : undefined;
  const max = element.max === '*' ? Number.POSITIVE_INFINITY : (element.max ?? 1);
  return (element.types ?? [element.contentOf ?? '']).map((type) => ({
    key: choice ? name.slice(0, -3) + suffix(type) : name,
    name,
    // The published definition types Resource.id as string; the text and the regular expression are those of `id`.
    type: must(
      shells.get(own ?? (typeName === 'Resource' && name === 'id' ? 'id' : type)),
      `${typeName}.${element.path}`,
    ),
    min: element.min ?? 0,
    max,
    array: max > 1,
    targets: element.targets === undefined ? undefined : new Set(element.targets),
    binding: element.binding,
    // A backbone element's rules stand with its type, so that an element that repeats its content has them too.
    invariants: own === undefined ? rules(element.invariants) : [],
    summary: element.summary ?? false,
    modifier: element.modifier ?? false,
  }));
}

/** `value[x]` of type dateTime is `valueDateTime`, of SimpleQuantity `valueQuantity`. */
function suffix(type: string): string {
  return type === 'SimpleQuantity' ? 'Quantity' : type.charAt(0).toUpperCase() + type.slice(1);
}

function addElement(owner: Shell, element: ElementSchema): void {
  owner.elements.set(element.key, element);
  const name = element.name.replace('[x]', '');
  const siblings = (owner.named.get(name) ?? []).filter(({ key }) => key !== element.key);
  owner.named.set(name, [...siblings, element]);
  owner.mandatory = owner.mandatory.filter((group) => group.name !== element.name || element.min > 0);
  if (element.min === 0) return;
  const group = owner.mandatory.find((entry) => entry.name === element.name);
  if (group === undefined) owner.mandatory.push({ name: element.name, keys: [element.key] });
  else if (!group.keys.includes(element.key)) group.keys.push(element.key);
}

function must<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`The R4 definitions lack ${name}.`);
  return value;
}
