import {
  AndAtom,
  ArithmeticOperatorAtom,
  AsAtom,
  ConcatAtom,
  ContainsAtom,
  DotAtom,
  EmptySetAtom,
  EqualsAtom,
  FhirPathAtom,
  FunctionAtom,
  ImpliesAtom,
  InAtom,
  IndexerAtom,
  IsAtom,
  LiteralAtom,
  NotEqualsAtom,
  OrAtom,
  parseFhirPath,
  SymbolAtom,
  UnionAtom,
  XorAtom,
} from '@medplum/core';
import { EMPTY, type Evaluate, stringOf, truth } from './evaluation.ts';
import { compileFunction } from './functions.ts';
import { childrenNamed, type Item, isOfType, typeNamed } from './item.ts';
import { combineBooleans, compareWith, concatenate, contains, equality, plus, union } from './operators.ts';
import { onceFor, rootOf } from './rooted.ts';

const UCUM = 'http://unitsofmeasure.org';
const compiled = new Map<string, Evaluate>();

/**
 * An expression as a chain of closures, made once and kept. The library parses; its interpreter is not used because it
 * reads types from a table that holds more than R4, and is some thirty times slower.
 * Throws on syntax outside what R4's invariants and search parameters use: nothing is answered by guess.
 */
export function compileFhirPath(expression: string): Evaluate {
  let evaluate = compiled.get(expression);
  if (evaluate === undefined) {
    evaluate = compile(parseFhirPath(expression));
    compiled.set(expression, evaluate);
  }
  return evaluate;
}

function compile(atom: unknown): Evaluate {
  if (atom instanceof FhirPathAtom) return compile(atom.child);
  const root = atom instanceof SymbolAtom ? undefined : rootOf(atom);
  return root === undefined ? compileAtom(atom) : onceFor(root, compileAtom(atom));
}

function compileAtom(atom: unknown): Evaluate {
  if (atom instanceof SymbolAtom) return compileSymbol(atom.name);
  if (atom instanceof DotAtom) {
    const [left, right] = [compile(atom.left), compile(atom.right)];
    return (input, env) => right(left(input, env), env);
  }
  if (atom instanceof FunctionAtom) return compileFunction(atom.name, atom.args, { compile, typeName });
  if (atom instanceof LiteralAtom) return compileLiteral(atom);
  if (atom instanceof IndexerAtom) {
    const left = compile(atom.left);
    const index = compile(atom.expr);
    return (input, env) => {
      const at = index(input, env)[0]?.value;
      const item = typeof at === 'number' ? left(input, env)[at] : undefined;
      return item === undefined ? EMPTY : [item];
    };
  }
  if (atom instanceof EmptySetAtom) return () => EMPTY;
  return compileOperator(atom);
}

function compileOperator(atom: unknown): Evaluate {
  if (atom instanceof IsAtom || atom instanceof AsAtom) {
    const left = compile(atom.left);
    const name = typeName(atom.right);
    return atom instanceof IsAtom
      ? compileFunction('is', [atom.right], { compile: () => left, typeName }, left)
      : (input, env) => left(input, env).filter((item) => isOfType(item, name));
  }
  if (atom instanceof AndAtom) return combineBooleans(compile(atom.left), compile(atom.right), 'and');
  if (atom instanceof OrAtom) return combineBooleans(compile(atom.left), compile(atom.right), 'or');
  if (atom instanceof XorAtom) return combineBooleans(compile(atom.left), compile(atom.right), 'xor');
  if (atom instanceof ImpliesAtom) return combineBooleans(compile(atom.left), compile(atom.right), 'implies');
  if (atom instanceof EqualsAtom) return equality(compile(atom.left), compile(atom.right), true);
  if (atom instanceof NotEqualsAtom) return equality(compile(atom.left), compile(atom.right), false);
  if (atom instanceof UnionAtom) return union(compile(atom.left), compile(atom.right));
  if (atom instanceof InAtom) return contains(compile(atom.right), compile(atom.left));
  if (atom instanceof ContainsAtom) return contains(compile(atom.left), compile(atom.right));
  if (atom instanceof ConcatAtom) return concatenate(compile(atom.left), compile(atom.right));
  if (atom instanceof ArithmeticOperatorAtom) {
    const [left, right] = [compile(atom.left), compile(atom.right)];
    return atom.operator === '+' ? plus(left, right) : compareWith(atom.operator, left, right);
  }
  throw new Error('An operator of FHIRPath that R4 does not use.');
}

function compileSymbol(name: string): Evaluate {
  switch (name) {
    case '$this':
      return (input) => input;
    case '%resource':
      return (_input, env) => [env.resource];
    case '%rootResource':
      return (_input, env) => [env.root];
    case '%context':
      return (_input, env) => env.context;
    case '%ucum':
      return () => stringOf(UCUM);
    default:
      return compilePath(name);
  }
}

/** A step down, or the name of the type that the path starts at. */
function compilePath(name: string): Evaluate {
  const isType = name.charAt(0) >= 'A' && name.charAt(0) <= 'Z';
  if (isType) return (input) => input.filter((item) => isOfType(item, name));
  return (input) => {
    if (input.length === 1) return childrenNamed(input[0] as Item, name);
    return input.flatMap((item) => childrenNamed(item, name));
  };
}

function compileLiteral({ value }: LiteralAtom): Evaluate {
  const items: readonly Item[] = [{ value: value.value, type: typeNamed(value.type) }];
  return () => items;
}

function typeName(atom: unknown): string {
  if (atom instanceof SymbolAtom) return atom.name;
  if (atom instanceof DotAtom) return typeName(atom.right);
  throw new Error('A type of FHIRPath has a name.');
}

/** True when the expression holds; empty counts as not holding (FHIR: an invariant must evaluate to true). */
export function holds(evaluate: Evaluate, ...args: Parameters<Evaluate>): boolean {
  return truth(evaluate(...args)) === true;
}
