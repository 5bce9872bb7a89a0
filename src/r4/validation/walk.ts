import { loadDefinitions } from '../definitions/definitions.ts';
import type { ElementSchema, TypeSchema } from '../definitions/schema.ts';
import type { Environment } from '../fhirpath/evaluation.ts';
import type { Item } from '../fhirpath/item.ts';
import { isObject, type JsonObject } from '../resource.ts';
import { meetsBinding } from './binding.ts';
import { invariantHolds } from './invariant.ts';
import { type Issue, RULES, type Rule } from './issue.ts';
import { primitiveCheck } from './primitive.ts';
import { mayTarget } from './reference-target.ts';

/** More findings than anyone reads; a hostile resource must not make a long answer. */
const MAX_ISSUES = 100;

/** One pass over a resource along its types. Collects issues; never throws on content. */
export class Walk {
  readonly issues: Issue[] = [];
  /** From the root to where the walk is; joined only when there is something to say. */
  readonly #path: (string | number)[] = [];

  /** Checks a resource. `container` is the resource that contains it; undefined for one that stands alone. */
  resource(value: JsonObject, container: Environment | undefined): void {
    const { resourceType } = value;
    const type = typeof resourceType === 'string' ? loadDefinitions().types.get(resourceType) : undefined;
    if (type === undefined || type.sort !== 'resource' || type.abstract) {
      this.#report(RULES.resourceType, 'names no FHIR R4 resource', 'resourceType');
      return;
    }
    if (this.#path.length === 0) this.#path.push(type.name);
    const item: Item = { value, type };
    const environment: Environment = { resource: item, root: container?.root ?? item, context: [item] };
    this.#object(value, type, environment, true);
    this.#invariants(type.invariants, item, environment);
  }

  #object(object: JsonObject, type: TypeSchema, environment: Environment, isResource: boolean): void {
    let count = 0;
    let choices: Map<string, string> | undefined;
    for (const key in object) {
      if (isResource && key === 'resourceType') continue;
      count++;
      const isExtra = key.charCodeAt(0) === 0x5f;
      const element = type.elements.get(isExtra ? key.slice(1) : key);
      if (element === undefined || (isExtra && element.type.sort !== 'primitive')) {
        this.#report(RULES.unknownElement, `is no element of ${type.name}`, key);
        continue;
      }
      if (element.name.endsWith('[x]')) {
        choices ??= new Map();
        const other = choices.get(element.name) ?? element.key;
        if (other !== element.key) this.#report(RULES.choice, `stands beside ${other}`, key);
        choices.set(element.name, element.key);
      }
      if (isExtra) this.#extra(object, element, key, environment);
      else this.#element(object[key], element, object, environment);
    }
    if (count === 0 && !isResource) this.#report(RULES.empty, 'has no content');
    for (const { name, keys } of type.mandatory) {
      if (!keys.some((key) => object[key] !== undefined || object[`_${key}`] !== undefined))
        this.#report(RULES.cardinality, 'is missing', name);
    }
    if (type.name === 'Extension') this.#extension(object, choices?.has('value[x]') ?? false);
  }

  #element(value: unknown, element: ElementSchema, parent: JsonObject, environment: Environment): void {
    this.#path.push(element.key);
    if (element.max === 0) this.#report(RULES.cardinality, 'may not be there');
    else if (element.array !== Array.isArray(value)) {
      this.#report(
        value === null ? RULES.null : RULES.type,
        element.array ? 'is an array' : 'is a single value',
      );
    } else if (Array.isArray(value)) {
      if (value.length === 0) this.#report(RULES.empty, 'has no items');
      if (value.length < element.min || value.length > element.max)
        this.#report(RULES.cardinality, 'has a wrong number of items');
      const extras = parent[`_${element.key}`];
      for (let i = 0; i < value.length; i++) {
        this.#path.push(i);
        this.#value(value[i], Array.isArray(extras) ? extras[i] : undefined, element, environment);
        this.#path.pop();
      }
    } else if (value === null) this.#report(RULES.null, 'is null');
    else this.#value(value, parent[`_${element.key}`], element, environment);
    this.#path.pop();
  }

  #value(value: unknown, extra: unknown, element: ElementSchema, environment: Environment): void {
    const { type } = element;
    if (value === null) {
      // Null holds the place of a value that has only extensions (R4 §2.6.2.3).
      if (!isObject(extra)) this.#report(RULES.null, 'is null without extensions');
      return;
    }
    if (type.sort === 'primitive') this.#primitive(value, type);
    else if (!isObject(value)) {
      this.#report(RULES.type, 'is a JSON object');
      return;
    } else if (type.name === 'Resource') {
      this.#inner(value, element, environment);
      return;
    } else this.#object(value, type, environment, false);
    if (element.binding !== undefined && !meetsBinding(value, type, element.binding))
      this.#report(RULES.binding, `has no code of ${element.binding}`);
    if (
      type.name === 'Reference' &&
      isObject(value) &&
      !mayTarget(value, element.targets, environment.root.value as JsonObject)
    )
      this.#report(
        RULES.referenceType,
        `may refer to ${[...(element.targets ?? [])].join(', ') || 'the type it names'}`,
      );
    if (type.invariants.length > 0 || element.invariants.length > 0) {
      const item: Item = { value, type, extra: isObject(extra) ? extra : undefined };
      this.#invariants(type.invariants, item, environment);
      this.#invariants(element.invariants, item, environment);
    }
  }

  /** A resource inside: a contained one belongs to its container, one in a Bundle or Parameters stands alone. */
  #inner(value: JsonObject, element: ElementSchema, environment: Environment): void {
    const isContained = element.key === 'contained';
    if (isContained && value.id === undefined) this.#report(RULES.containedId, 'is missing', 'id');
    this.resource(value, isContained ? environment : undefined);
  }

  #primitive(value: unknown, type: TypeSchema): void {
    const wrong = primitiveCheck(type)(value);
    if (wrong === undefined) return;
    if (wrong === 'type') this.#report(RULES.type, `is not the JSON form of ${type.name}`);
    else if (wrong === 'empty') this.#report(RULES.empty, 'is an empty string');
    else if (type.name === 'xhtml')
      this.#report(RULES.narrative, 'is not a div of permitted XHTML with content');
    else
      this.#report(
        { rule: type.name, code: 'value', clause: `R4 datatypes.html §2.24.0.1: ${type.name}` },
        `is no valid ${type.name}`,
      );
  }

  /** The `_name` sibling of a primitive: its id and extensions, aligned with the values of an array. */
  #extra(object: JsonObject, element: ElementSchema, key: string, environment: Environment): void {
    const extra = object[key];
    this.#path.push(element.key);
    if (Array.isArray(extra) !== element.array)
      this.#report(RULES.type, element.array ? 'is an array' : 'is a single value');
    else if (!Array.isArray(extra)) this.#extraItem(extra, element, environment);
    else {
      const values = object[element.key];
      if (extra.length === 0) this.#report(RULES.empty, 'has no items');
      if (Array.isArray(values) && values.length !== extra.length)
        this.#report(RULES.type, 'has as many extensions as values');
      for (let i = 0; i < extra.length; i++) {
        this.#path.push(i);
        if (extra[i] !== null) this.#extraItem(extra[i], element, environment);
        else if (!Array.isArray(values)) this.#report(RULES.null, 'is null without a value');
        this.#path.pop();
      }
    }
    this.#path.pop();
  }

  #extraItem(extra: unknown, element: ElementSchema, environment: Environment): void {
    if (!isObject(extra)) this.#report(RULES.type, 'is a JSON object');
    else this.#object(extra, element.type, environment, false);
  }

  #extension(object: JsonObject, hasValue: boolean): void {
    if ((object.extension !== undefined) === hasValue)
      this.#report(RULES.extension, 'has either extensions or a value');
  }

  #invariants(invariants: ElementSchema['invariants'], item: Item, environment: Environment): void {
    for (const invariant of invariants) {
      if (invariantHolds(invariant, item, { ...environment, context: [item] })) continue;
      this.#report(
        {
          rule: `invariant:${invariant.key}`,
          code: 'invariant',
          clause: `R4 ${item.type.name} ${invariant.key}`,
        },
        invariant.human,
      );
    }
  }

  #report(rule: Rule, message: string, below?: string): void {
    if (this.issues.length > MAX_ISSUES) return;
    const expression = this.#path.reduce<string>((path, step) => join(path, step), '');
    const at = below === undefined ? expression : join(expression, below);
    if (this.issues.length === MAX_ISSUES) {
      this.issues.push({
        severity: 'error',
        ...RULES.tooMany,
        expression: '',
        message: `There are more than ${MAX_ISSUES} issues.`,
      });
    } else this.issues.push({ severity: 'error', ...rule, expression: at, message: `${at} ${message}` });
  }
}

function join(path: string, step: string | number): string {
  if (typeof step === 'number') return `${path}[${step}]`;
  return path === '' ? step : `${path}.${step}`;
}
