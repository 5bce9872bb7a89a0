import { type Item, typeNamed } from './item.ts';

/** What an expression may refer to beside its input. */
export interface Environment {
  /** `%resource`: the resource, or contained resource, that the input stands in. */
  readonly resource: Item;
  /** `%rootResource`: the resource that is not contained in another. */
  readonly root: Item;
  /** `%context`: what the whole expression was asked of. */
  readonly context: readonly Item[];
}

/** A compiled expression: from a collection to a collection. */
export type Evaluate = (input: readonly Item[], environment: Environment) => readonly Item[];

/** The empty collection. */
export const EMPTY: readonly Item[] = [];

const singletons = new Map<boolean, readonly Item[]>();

/** The collection with one boolean. */
export function booleanOf(value: boolean): readonly Item[] {
  let singleton = singletons.get(value);
  if (singleton === undefined) {
    singleton = [{ value, type: typeNamed('boolean') }];
    singletons.set(value, singleton);
  }
  return singleton;
}

/** The collection with one string. */
export function stringOf(value: string): readonly Item[] {
  return [{ value, type: typeNamed('string') }];
}

/** The collection with one integer. */
export function integerOf(value: number): readonly Item[] {
  return [{ value, type: typeNamed('integer') }];
}

/**
 * FHIRPath §5.2: a boolean; a single item that is no boolean counts as true; undefined when the collection is empty or
 * has several items.
 */
export function truth(items: readonly Item[]): boolean | undefined {
  if (items.length !== 1) return undefined;
  const value = items[0]?.value;
  return typeof value === 'boolean' ? value : true;
}
