import { isResourceType } from '../resource.ts';
import { type SearchComponent, type SearchParameter, searchParameters } from '../search/search-parameter.ts';
import { splitEscaped } from './escape.ts';
import { MAX_CHAIN_TYPES, MAX_VALUES } from './limit.ts';
import {
  parseDate,
  parseNumber,
  parseQuantity,
  parseReferenceValue,
  parseString,
  parseTargetType,
  parseToken,
  parseUri,
  type SearchContext,
} from './parse-value.ts';
import { badValue, Refusal, unsupported } from './refusal.ts';
import type { Filter } from './search.ts';

/** What the values of a parameter, or of a component of one, are read by. */
type Valued = Pick<SearchParameter, 'name' | 'type' | 'targets' | 'components' | 'hidden'>;

/** Where in a search a filter stands: only the outermost may chain, once. */
type Place = 'outer' | 'inner';

/** One filter of a search for `type`: `name` with modifiers and chains, and its value. Throws a refusal. */
export function parseFilter(
  type: string,
  name: string,
  value: string,
  context: SearchContext,
  place: Place = 'outer',
): Filter {
  if (name.startsWith('_has:')) return parseHas(type, name, value, context, place);
  const dot = name.indexOf('.');
  if (dot >= 0) return parseChain(type, name.slice(0, dot), name.slice(dot + 1), value, context, place);
  const [code = '', modifier, ...more] = name.split(':');
  if (more.length > 0) throw badValue('a parameter has one modifier');
  const parameter = parameterOf(type, code);
  if (modifier === 'missing') return { kind: 'missing', param: code, missing: parseBoolean(value) };
  return parseValues(parameter, modifier, splitEscaped(value, ','), context);
}

function parameterOf(type: string, name: string): SearchParameter {
  const parameter = searchParameters(type).get(name);
  if (parameter === undefined) throw unsupported(`${type} has no search parameter of this name here`);
  return parameter;
}

function parseBoolean(value: string): boolean {
  if (value !== 'true' && value !== 'false') throw badValue('it is true or false');
  return value === 'true';
}

function parseValues(
  parameter: Valued,
  modifier: string | undefined,
  texts: readonly string[],
  context: SearchContext,
): Filter {
  const { name: param, type, targets, hidden } = parameter;
  if (texts.length > MAX_VALUES) throw new Refusal('too-costly', `it has more than ${MAX_VALUES} values`);
  if (type === 'token') {
    expectModifier(modifier, ['not']);
    return { kind: 'token', param, not: modifier === 'not', values: texts.map(parseToken) };
  }
  if (type === 'reference') {
    if (modifier === 'identifier')
      return {
        kind: 'reference',
        param,
        values: texts.map((text) => ({ by: 'identifier', token: parseToken(text) })),
      };
    const types = modifier === undefined ? targets : [parseTargetType(modifier, targets)];
    return {
      kind: 'reference',
      param,
      values: texts.map((text) => parseReferenceValue(text, types, context)),
    };
  }
  if (type === 'string') {
    expectModifier(modifier, ['exact']);
    const exactly = modifier === 'exact';
    return { kind: 'string', param, exactly, values: texts.map((text) => parseString(text, param, exactly)) };
  }
  expectModifier(modifier, []);
  switch (type) {
    case 'date':
      return {
        kind: 'date',
        param,
        hidden,
        values: texts.map((text) => parseHiddenOrNot(text, hidden, context)),
      };
    case 'number':
      return { kind: 'number', param, values: texts.map(parseNumber) };
    case 'quantity':
      return { kind: 'quantity', param, values: texts.map(parseQuantity) };
    case 'uri':
      return { kind: 'uri', param, values: texts.map(parseUri) };
    case 'composite':
      return {
        kind: 'composite',
        param,
        values: texts.map((text) => parseComposite(parameter.components, text, context)),
      };
  }
}

function expectModifier(modifier: string | undefined, known: readonly string[]): void {
  if (modifier !== undefined && !known.includes(modifier))
    throw unsupported(`the modifier :${modifier.slice(0, 20)} is not supported here`);
}

/** Dates of birth and death are indexed by year, month and day: a time of day cannot be compared. */
function parseHiddenOrNot(text: string, hidden: boolean, context: SearchContext) {
  const value = parseDate(text, context);
  if (hidden && (value.text.length > 10 || value.prefix === 'ap'))
    throw unsupported('this date is searched by year, month or day, without ap');
  return value;
}

function parseComposite(
  components: readonly SearchComponent[],
  text: string,
  context: SearchContext,
): Filter[] {
  const parts = splitEscaped(text, '$');
  if (parts.length !== components.length) throw badValue(`it has ${components.length} parts, joined by $`);
  return components.map((component, index) => {
    const valued = { ...component, targets: [], components: [], hidden: false };
    return parseValues(valued, undefined, [parts[index] ?? ''], context);
  });
}

/** `subject:Patient.name` or `patient.name` (R4 §3.1.1.5.12.1), one step. */
function parseChain(
  type: string,
  link: string,
  rest: string,
  value: string,
  context: SearchContext,
  place: Place,
): Filter {
  if (place === 'inner' || rest.includes('.')) throw unsupported('a chain has one step');
  if (rest.startsWith('_has:')) throw unsupported('a chain does not lead to _has');
  const [code = '', modifier, ...more] = link.split(':');
  if (more.length > 0) throw badValue('a reference has one type');
  const parameter = parameterOf(type, code);
  if (parameter.type !== 'reference') throw badValue('a chain follows a reference');
  const candidates =
    modifier === undefined ? parameter.targets : [parseTargetType(modifier, parameter.targets)];
  if (candidates.length === 0)
    throw badValue('the reference can be of any type: name one, as in subject:Patient.name');
  const [name = ''] = rest.split(':');
  const having = candidates.filter((target) => searchParameters(target).has(name));
  if (having.length > MAX_CHAIN_TYPES)
    throw badValue('the reference can be of many types: name one, as in subject:Patient.name');
  if (having.length === 0) throw unsupported('no type that the reference can have has this search parameter');
  const targets = having.map((target) => ({
    type: target,
    filter: parseFilter(target, rest, value, context, 'inner'),
  }));
  return { kind: 'chain', param: code, targets };
}

/** `_has:Observation:patient:code` (R4 §3.1.1.5.12.2), one step. */
function parseHas(type: string, name: string, value: string, context: SearchContext, place: Place): Filter {
  const [, source = '', reference = '', ...rest] = name.split(':');
  if (place === 'inner' || rest[0] === '_has') throw unsupported('_has has one step');
  if (!isResourceType(source) || rest.length === 0) throw badValue('_has is _has:Type:reference:parameter');
  const parameter = parameterOf(source, reference);
  if (parameter.type !== 'reference') throw badValue('_has follows a reference');
  if (parameter.targets.length > 0 && !parameter.targets.includes(type))
    throw badValue(`${source}.${reference} does not refer to ${type}`);
  return {
    kind: 'has',
    type: source,
    reference,
    filter: parseFilter(source, rest.join(':'), value, context, 'inner'),
  };
}
