import { AsAtom, DotAtom, FunctionAtom, SymbolAtom, UnionAtom } from '@medplum/core';
import type { Environment, Evaluate } from './evaluation.ts';
import type { Item } from './item.ts';

/** A variable that an expression can begin with, and the item it stands for. */
type Root = '%resource' | '%rootResource' | '%context';

const ITEM_OF: Readonly<Record<Root, (environment: Environment) => Item | undefined>> = {
  '%resource': ({ resource }) => resource,
  '%rootResource': ({ root }) => root,
  '%context': ({ context }) => context[0],
};

/**
 * The variable that alone decides what an expression gives (`%resource.code.coding`); undefined when its input matters.
 * Such an expression is evaluated once a resource and not once an element: R4's rules put it inside `all` and `where`, and a
 * resource with ten thousand components would take minutes otherwise.
 */
export function rootOf(atom: unknown): Root | undefined {
  if (atom instanceof SymbolAtom) return isRoot(atom.name) ? atom.name : undefined;
  if (atom instanceof AsAtom) return rootOf(atom.left);
  if (atom instanceof DotAtom) return isStep(atom.right) ? rootOf(atom.left) : undefined;
  if (atom instanceof UnionAtom) {
    const root = rootOf(atom.left);
    return root === rootOf(atom.right) ? root : undefined;
  }
  return undefined;
}

/** The same expression, its last answers kept for as long as the items they came from. */
export function onceFor(root: Root, evaluate: Evaluate): Evaluate {
  const answers = new WeakMap<Item, readonly Item[]>();
  return (input, environment) => {
    const item = ITEM_OF[root](environment);
    if (item === undefined) return evaluate(input, environment);
    let answer = answers.get(item);
    if (answer === undefined) {
      answer = evaluate(input, environment);
      answers.set(item, answer);
    }
    return answer;
  };
}

function isRoot(name: string): name is Root {
  return Object.hasOwn(ITEM_OF, name);
}

/** A step down, or a function that looks at nothing but its focus. */
function isStep(atom: unknown): boolean {
  if (atom instanceof SymbolAtom) return !atom.name.startsWith('$') && !atom.name.startsWith('%');
  return atom instanceof FunctionAtom && (atom.args.length === 0 || ['as', 'ofType'].includes(atom.name));
}
