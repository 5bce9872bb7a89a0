/**
 * What Holdfast keeps of the FHIR R4 definitions: one JSON object a line in `r4.ndjson`, made by `condense` from HL7's
 * own package. A line stands for a type, an invariant, a value set, a search parameter or a compartment membership.
 */
export type CondensedLine =
  | CondensedType
  | CondensedInvariant
  | CondensedValueSet
  | CondensedSearchParameter
  | CondensedCompartment;

/** A FHIR type: what its base type already says is left out of `elements`. */
export interface CondensedType {
  readonly kind: 'type';
  readonly name: string;
  readonly sort: 'primitive' | 'complex' | 'resource';
  readonly base?: string;
  readonly abstract?: true;
  /** Primitive types: the regular expression of the specification, whole value, XML Schema flavour. */
  readonly regex?: string;
  readonly invariants?: readonly string[];
  readonly elements: readonly CondensedElement[];
}

/** An element; children of a backbone element follow it with a longer path. */
export interface CondensedElement {
  /** Below the type, such as `component.value[x]`. */
  readonly path: string;
  readonly min?: number;
  /** Left out when 1; '*' is without end. */
  readonly max?: number | '*';
  /** Type names; a backbone element has exactly `BackboneElement` or `Element`. */
  readonly types?: readonly string[];
  /** Resource types a Reference may name; left out when any. */
  readonly targets?: readonly string[];
  /** Canonical URL of the value set that codes must come from. */
  readonly binding?: string;
  readonly invariants?: readonly string[];
  readonly summary?: true;
  readonly modifier?: true;
  /** Path, type name included, of the element whose content this one repeats. */
  readonly contentOf?: string;
}

/** A rule of severity error, in FHIRPath. */
export interface CondensedInvariant {
  readonly kind: 'invariant';
  /** The key, with `@Type` behind it where HL7 used one key for two rules. */
  readonly id: string;
  readonly key: string;
  readonly expression: string;
  readonly human: string;
}

/** A value set that a required binding names, expanded. */
export interface CondensedValueSet {
  readonly kind: 'valueSet';
  readonly url: string;
  readonly systems: Readonly<Record<string, readonly string[]>>;
  /** Code systems taken whole that have no list here (BCP 13, ISO 4217, UCUM): a rule of syntax stands in; `*` is any system. */
  readonly open?: readonly string[];
}

/** A search parameter with one expression for each resource type it serves. */
export interface CondensedSearchParameter {
  readonly kind: 'searchParameter';
  readonly code: string;
  readonly url: string;
  readonly type: string;
  readonly expressions: Readonly<Record<string, string>>;
  readonly descriptions: Readonly<Record<string, string>>;
  readonly targets?: readonly string[];
  readonly components?: readonly { readonly definition: string; readonly expression: string }[];
  readonly multipleOr?: boolean;
}

/** The search parameters that place a resource of this type in a patient's compartment. */
export interface CondensedCompartment {
  readonly kind: 'compartment';
  readonly type: string;
  readonly parameters: readonly string[];
}
