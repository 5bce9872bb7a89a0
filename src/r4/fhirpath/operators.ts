import { compare, equalItems, identityOf } from './comparison.ts';
import { booleanOf, EMPTY, type Evaluate, stringOf, truth } from './evaluation.ts';
import type { Item } from './item.ts';

/** Three-valued logic (FHIRPath §6.5); the right side is asked only when it can matter. */
export function combineBooleans(
  left: Evaluate,
  right: Evaluate,
  operator: 'and' | 'or' | 'xor' | 'implies',
): Evaluate {
  return (input, env) => {
    const a = truth(left(input, env));
    if (operator === 'and' && a === false) return booleanOf(false);
    if (operator === 'or' && a === true) return booleanOf(true);
    if (operator === 'implies' && a === false) return booleanOf(true);
    const b = truth(right(input, env));
    const result = decide(operator, a, b);
    return result === undefined ? EMPTY : booleanOf(result);
  };
}

function decide(operator: string, a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (operator === 'and') return b === false ? false : a === undefined || b === undefined ? undefined : true;
  if (operator === 'or') return b === true ? true : a === undefined || b === undefined ? undefined : false;
  if (operator === 'implies') return b === true ? true : a === undefined ? undefined : b;
  return a === undefined || b === undefined ? undefined : a !== b;
}

/** `=` (same true) and `!=`: empty when either side is empty; collections are equal item by item. */
export function equality(left: Evaluate, right: Evaluate, same: boolean): Evaluate {
  return (input, env) => {
    const a = left(input, env);
    const b = right(input, env);
    if (a.length === 0 || b.length === 0) return EMPTY;
    const equal = a.length === b.length && a.every((item, i) => equalItems(item, b[i] as Item));
    return booleanOf(equal === same);
  };
}

/** `<`, `<=`, `>`, `>=`; empty when there is nothing to compare or the precision does not tell. */
export function compareWith(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  if (!['<', '<=', '>', '>='].includes(operator)) throw new Error(`FHIRPath ${operator} is not used in R4.`);
  return (input, env) => {
    const [a] = left(input, env);
    const [b] = right(input, env);
    const order = a === undefined || b === undefined ? undefined : compare(a, b);
    if (order === undefined) return EMPTY;
    const holds =
      operator === '<'
        ? order < 0
        : operator === '<='
          ? order <= 0
          : operator === '>'
            ? order > 0
            : order >= 0;
    return booleanOf(holds);
  };
}

/** `+` of two numbers or two strings. */
export function plus(left: Evaluate, right: Evaluate): Evaluate {
  return (input, env) => {
    const [a] = left(input, env);
    const [b] = right(input, env);
    if (a === undefined || b === undefined) return EMPTY;
    if (typeof a.value === 'number' && typeof b.value === 'number')
      return [{ value: a.value + b.value, type: a.type }];
    return stringOf(`${a.value}${b.value}`);
  };
}

/** `&`: strings joined, nothing counting as the empty string. */
export function concatenate(left: Evaluate, right: Evaluate): Evaluate {
  return (input, env) => stringOf(`${left(input, env)[0]?.value ?? ''}${right(input, env)[0]?.value ?? ''}`);
}

/** `|`: both collections without what is there twice. */
export function union(left: Evaluate, right: Evaluate): Evaluate {
  return (input, env) => {
    const a = left(input, env);
    const b = right(input, env);
    if (b.length === 0 && a.length <= 1) return a;
    if (a.length === 0 && b.length <= 1) return b;
    return distinct([...a, ...b]);
  };
}

/** The items without what is there twice. */
export function distinct(items: readonly Item[]): Item[] {
  const seen = new Map<string, Item>();
  for (const item of items) {
    const identity = identityOf(item);
    if (!seen.has(identity)) seen.set(identity, item);
  }
  return [...seen.values()];
}

/** `collection contains item`; with the sides swapped, `in`. */
export function contains(collection: Evaluate, item: Evaluate): Evaluate {
  return (input, env) => {
    const [wanted] = item(input, env);
    return wanted === undefined
      ? EMPTY
      : booleanOf(identitiesOf(collection(input, env)).has(identityOf(wanted)));
  };
}

const identities = new WeakMap<readonly Item[], ReadonlySet<string>>();

/** The identities of a collection, kept with it: a collection that is asked for often is often the same. */
export function identitiesOf(items: readonly Item[]): ReadonlySet<string> {
  let found = identities.get(items);
  if (found === undefined) {
    found = new Set(items.map(identityOf));
    identities.set(items, found);
  }
  return found;
}
