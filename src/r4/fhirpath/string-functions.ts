import { booleanOf, EMPTY, type Evaluate, integerOf, stringOf } from './evaluation.ts';

/**
 * A function on a single string; its arguments see what the whole expression was asked of.
 * Throws for a function that R4's definitions do not use.
 */
export function compileStringFunction(name: string, args: readonly Evaluate[]): Evaluate {
  const apply = FUNCTIONS.get(name);
  if (apply === undefined) throw new Error(`FHIRPath function ${name}() is not used in R4.`);
  return (input, env) => {
    const value = input[0]?.value;
    if (input.length !== 1 || value === undefined || typeof value === 'object') return EMPTY;
    return apply(`${value}`, (index) => args[index]?.(env.context, env)[0]?.value);
  };
}

type Apply = (text: string, argument: (index: number) => unknown) => ReturnType<Evaluate>;

const FUNCTIONS: ReadonlyMap<string, Apply> = new Map<string, Apply>([
  ['startsWith', (text, argument) => booleanOf(text.startsWith(`${argument(0)}`))],
  ['contains', (text, argument) => booleanOf(text.includes(`${argument(0)}`))],
  ['matches', (text, argument) => booleanOf(regularExpression(`${argument(0)}`).test(text))],
  [
    'replaceMatches',
    (text, argument) => stringOf(text.replaceAll(regularExpression(`${argument(0)}`, 'g'), `${argument(1)}`)),
  ],
  [
    'substring',
    (text, argument) => {
      const from = Number(argument(0));
      return from >= text.length ? EMPTY : stringOf(text.slice(from));
    },
  ],
  ['toString', (text) => stringOf(text)],
  ['toInteger', (text) => (/^[+-]?\d+$/.test(text) ? integerOf(Number(text)) : EMPTY)],
]);

const expressions = new Map<string, RegExp>();

/** The patterns come from HL7's definitions, never from a resource. */
function regularExpression(pattern: string, flags = ''): RegExp {
  const key = `${flags}/${pattern}`;
  let expression = expressions.get(key);
  if (expression === undefined) {
    expression = new RegExp(pattern, flags);
    expressions.set(key, expression);
  }
  return expression;
}
