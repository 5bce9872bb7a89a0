import { identityOf } from './comparison.ts';
import { booleanOf, EMPTY, type Environment, type Evaluate, integerOf, truth } from './evaluation.ts';
import { children, descendants, type Item, isOfType } from './item.ts';
import { distinct, identitiesOf } from './operators.ts';
import { resolveReference } from './resolve.ts';
import { compileStringFunction } from './string-functions.ts';

/** How arguments become closures or type names. */
export interface ArgumentCompiler {
  readonly compile: (atom: unknown) => Evaluate;
  readonly typeName: (atom: unknown) => string;
}

/** The function of FHIRPath with this name. Throws for one that R4's definitions do not use. */
export function compileFunction(
  name: string,
  args: readonly unknown[],
  { compile, typeName }: ArgumentCompiler,
  subject: Evaluate = (input) => input,
): Evaluate {
  const first = args[0];
  switch (name) {
    case 'is':
    case 'as':
    case 'ofType':
      return compileTypeFunction(name, typeName(first), subject);
    case 'iif': {
      const [condition, then, otherwise] = [compile(first), compile(args[1]), args[2]];
      const other = otherwise === undefined ? () => EMPTY : compile(otherwise);
      return (input, env) => (truth(condition(input, env)) === true ? then(input, env) : other(input, env));
    }
    case 'trace':
      return (input) => input;
    case 'combine':
    case 'intersect':
      return compileSetFunction(name, compile(first));
    case 'where':
    case 'select':
    case 'all':
    case 'exists':
      if (first !== undefined) return compileIteration(name, compile(first));
  }
  const simple = SIMPLE.get(name);
  if (simple !== undefined && args.length === 0) return simple;
  return compileStringFunction(name, args.map(compile));
}

function compileTypeFunction(name: string, type: string, subject: Evaluate): Evaluate {
  if (name !== 'is') return (input, env) => subject(input, env).filter((item) => isOfType(item, type));
  return (input, env) => {
    const [item] = subject(input, env);
    return item === undefined ? EMPTY : booleanOf(isOfType(item, type));
  };
}

/** Functions that ask something of each item. */
function compileIteration(name: 'where' | 'select' | 'all' | 'exists', criteria: Evaluate): Evaluate {
  switch (name) {
    case 'where':
      return (input, env) => input.filter((item) => truth(criteria([item], env)) === true);
    case 'select':
      return (input, env) => input.flatMap((item) => criteria([item], env));
    case 'all':
      return (input, env) => booleanOf(input.every((item) => truth(criteria([item], env)) === true));
    case 'exists':
      return (input, env) => booleanOf(input.some((item) => truth(criteria([item], env)) === true));
  }
}

/** The argument sees what the whole expression was asked of, which is what R4's rules mean by it. */
function compileSetFunction(name: 'combine' | 'intersect', other: Evaluate): Evaluate {
  if (name === 'combine') return (input, env) => [...input, ...other(env.context, env)];
  return (input, env) => {
    const theirs = identitiesOf(other(env.context, env));
    return distinct(input.filter((item) => theirs.has(identityOf(item))));
  };
}

const SIMPLE: ReadonlyMap<string, Evaluate> = new Map<string, Evaluate>(
  Object.entries({
    exists: (input: readonly Item[]) => booleanOf(input.length > 0),
    empty: (input: readonly Item[]) => booleanOf(input.length === 0),
    count: (input: readonly Item[]) => integerOf(input.length),
    not: (input: readonly Item[]) => {
      const value = truth(input);
      return value === undefined ? EMPTY : booleanOf(!value);
    },
    first: (input: readonly Item[]) => input.slice(0, 1),
    tail: (input: readonly Item[]) => input.slice(1),
    children: (input: readonly Item[]) => input.flatMap(children),
    descendants: (input: readonly Item[]) => descendants(input),
    hasValue: (input: readonly Item[]) => booleanOf(input.length === 1 && isPrimitiveValue(input[0])),
    isDistinct: (input: readonly Item[]) => booleanOf(new Set(input.map(identityOf)).size === input.length),
    allFalse: (input: readonly Item[]) => booleanOf(input.every((item) => item.value === false)),
    // The narrative is checked where it stands, in code of its own (txt-1, txt-2).
    htmlChecks: () => booleanOf(true),
    resolve: (input: readonly Item[], env: Environment) =>
      input.flatMap((item) => resolveReference(item, env)),
  }),
);

function isPrimitiveValue(item: Item | undefined): boolean {
  return item?.type.sort === 'primitive' && item.value !== undefined;
}
