/** R4 IssueType, the part that validation uses. */
export type IssueCode =
  | 'structure'
  | 'required'
  | 'value'
  | 'invariant'
  | 'code-invalid'
  | 'invalid'
  | 'too-long';

/** One finding about a resource. It names elements and rules, never values: values are personal. */
export interface Issue {
  /** An `error` refuses the resource; a `warning` does not. */
  readonly severity: 'error' | 'warning';
  readonly code: IssueCode;
  /** Stable name of the rule: `cardinality`, `type`, `required-binding`, `invariant:obs-6`… */
  readonly rule: string;
  /** FHIRPath of the element, such as `Observation.component[1].code`. */
  readonly expression: string;
  readonly message: string;
  /** Where the specification says so. */
  readonly clause: string;
}

/** A rule of the walk: what its issues share. */
export interface Rule {
  readonly rule: string;
  readonly code: IssueCode;
  readonly clause: string;
}

const rule = (name: string, code: IssueCode, clause: string): Rule => ({ rule: name, code, clause });

/** Every rule that is not an invariant or a primitive type's. */
export const RULES = {
  unknownElement: rule(
    'unknown-element',
    'structure',
    'R4 json.html §2.6.2: a property is an element of the type',
  ),
  cardinality: rule('cardinality', 'required', 'R4 conformance-rules.html §2.1.0.1: cardinality'),
  type: rule('type', 'structure', 'R4 json.html §2.6.2: JSON representation of the type'),
  empty: rule(
    'empty',
    'structure',
    'R4 json.html §2.6.2: no empty objects, arrays or strings; element.html ele-1',
  ),
  null: rule('null', 'structure', 'R4 json.html §2.6.2.3: null only aligns a value with its extensions'),
  choice: rule('choice', 'structure', 'R4 formats.html §2.6.0.1: one type of a choice'),
  extension: rule('invariant:ext-1', 'invariant', 'R4 extensibility.html ext-1'),
  resourceType: rule('resource-type', 'structure', 'R4 json.html §2.6.2.4: resourceType'),
  binding: rule('required-binding', 'code-invalid', 'R4 terminologies.html §4.1.5.1: required binding'),
  referenceType: rule('reference-type', 'value', 'R4 references.html §2.3.0: target types of the element'),
  containedId: rule(
    'contained-id',
    'required',
    'R4 references.html §2.3.0.2: a contained resource has an id',
  ),
  integerForm: rule('integer', 'value', 'R4 datatypes.html §2.24.0.1: integer'),
  narrative: rule('invariant:txt-1', 'invariant', 'R4 narrative.html txt-1, txt-2'),
  tooMany: rule('too-many-issues', 'too-long', 'limit of this server'),
} as const satisfies Record<string, Rule>;
