import { isResourceType } from '../resource.ts';
import { searchParameters } from '../search/search-parameter.ts';
import { MAX_COUNT, MAX_INCLUDES, MAX_SORT_KEYS } from './limit.ts';
import { badValue, Refusal, unsupported } from './refusal.ts';
import type { Include, Search, SortKey } from './search.ts';

/** The part of a search that says how the answer looks, while it is being read. */
export type ResultParameters = { -readonly [K in keyof Omit<Search, 'type' | 'filters'>]: Search[K] };

/** A `_name` parameter that shapes the answer; false when the name is none of these. Throws a refusal. */
export function parseResultParameter(
  type: string,
  name: string,
  value: string,
  result: ResultParameters,
): boolean {
  const [base = '', modifier] = name.split(':');
  const parse = PARSERS.get(base);
  if (parse === undefined) return false;
  if (modifier !== undefined)
    throw unsupported(`the modifier :${modifier.slice(0, 20)} is not supported here`);
  parse(value, type, result);
  return true;
}

type Parse = (value: string, type: string, result: ResultParameters) => void;

const PARSERS: ReadonlyMap<string, Parse> = new Map<string, Parse>([
  ['_count', (value, _type, result) => set(result, 'count', parseCount(value))],
  ['_total', (value, _type, result) => set(result, 'total', oneOf(value, ['none', 'estimate', 'accurate']))],
  [
    '_summary',
    (value, _type, result) =>
      set(result, 'summary', oneOf(value, ['true', 'false', 'text', 'data', 'count'])),
  ],
  ['_elements', (value, _type, result) => set(result, 'elements', parseElements(value))],
  ['_format', (value, _type, result) => set(result, 'format', value)],
  ['_sort', (value, type, result) => set(result, 'sort', parseSort(value, type))],
  ['_include', (value, _type, result) => addInclude(result, 'includes', parseInclude(value, 'include'))],
  [
    '_revinclude',
    (value, _type, result) => addInclude(result, 'revIncludes', parseInclude(value, 'revinclude')),
  ],
]);

/** These say one thing: twice would be two answers. */
function set<K extends keyof ResultParameters>(
  result: ResultParameters,
  key: K,
  value: ResultParameters[K],
): void {
  const known = result[key];
  if (known !== undefined && !(Array.isArray(known) && known.length === 0))
    throw badValue('it is given once');
  result[key] = value;
}

function parseCount(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw badValue('it is a whole number');
  if (Number(value) > MAX_COUNT) throw new Refusal('too-costly', `a page has at most ${MAX_COUNT} entries`);
  return Number(value);
}

function oneOf<const T extends string>(value: string, known: readonly T[]): T {
  const found = known.find((each) => each === value);
  if (found === undefined) throw badValue(`it is one of ${known.join(', ')}`);
  return found;
}

function parseElements(value: string): string[] {
  const names = value.split(',');
  if (!names.every((name) => /^[A-Za-z][A-Za-z0-9.]{0,100}(?:\[x\])?$/.test(name)))
    throw badValue('it is a list of element names');
  return names;
}

/** Only what the index holds in the clear can be put in order. */
function parseSort(value: string, type: string): SortKey[] {
  const keys = value.split(',').map((text): SortKey => {
    const descending = text.startsWith('-');
    const param = descending ? text.slice(1) : text;
    const parameter = searchParameters(type).get(param);
    if (parameter === undefined) throw unsupported('it names no search parameter of the type');
    if ((parameter.type !== 'date' && parameter.type !== 'number') || parameter.hidden)
      throw unsupported('only dates and numbers can be sorted by: the index holds other values as hashes');
    return { param, descending };
  });
  if (keys.length > MAX_SORT_KEYS) throw new Refusal('too-costly', `it has at most ${MAX_SORT_KEYS} keys`);
  return keys;
}

function parseInclude(value: string, what: 'include' | 'revinclude'): Include {
  const [source = '', param = '', target, ...more] = value.split(':');
  if (value.includes('*')) throw unsupported(`a wildcard _${what} is not supported: name the parameters`);
  if (more.length > 0 || !isResourceType(source))
    throw badValue('it is Type:parameter or Type:parameter:Target');
  const parameter = searchParameters(source).get(param);
  if (parameter?.type !== 'reference') throw badValue(`${source} has no reference parameter of this name`);
  if (target !== undefined && !isResourceType(target)) throw badValue('the target is no resource type');
  return { type: source, param, ...(target === undefined ? {} : { target }) };
}

function addInclude(result: ResultParameters, key: 'includes' | 'revIncludes', include: Include): void {
  if (result.includes.length + result.revIncludes.length >= MAX_INCLUDES)
    throw new Refusal('too-costly', `a search has at most ${MAX_INCLUDES} includes`);
  result[key] = [...result[key], include];
}
