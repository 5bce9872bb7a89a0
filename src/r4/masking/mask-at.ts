import type { ElementSchema } from '../definitions/schema.ts';
import { isElement, type Mutable, parseStep, standingAt, typeOf } from './element.ts';
import { masked, placeHolder } from './place-holder.ts';

/** Stands where something is to be taken out: taken out at once it would shift what other paths speak of. See {@link sweep}. */
const GONE = Symbol('gone');

/** `mask` leaves a data-absent-reason in the element's place, `remove` nothing where the element need not be there. */
export type Manner = 'mask' | 'remove';

/** Takes what stands at a path out of an object. One that leads nowhere is passed over: an outer one may have taken it along. */
export function maskAt(
  object: Mutable,
  steps: readonly string[],
  manner: Manner,
  within?: ElementSchema,
): void {
  const [step = '', ...rest] = steps;
  const { name, index } = parseStep(step);
  const element = typeOf(object, within)?.elements.get(name);
  if (rest.length > 0) {
    for (const inner of standingAt(object, step))
      if (isElement(inner)) maskAt(inner as Mutable, rest, manner, element);
    return;
  }
  if (object[name] === undefined && object[`_${name}`] === undefined) return;
  const isRemoved = manner === 'remove' && (element?.min ?? 0) === 0;
  if (index === undefined) maskMember(object, name, isRemoved, element);
  else maskItem(object, name, index, isRemoved, element);
}

function maskMember(
  object: Mutable,
  name: string,
  isRemoved: boolean,
  element: ElementSchema | undefined,
): void {
  const value = object[name];
  if (isElement(value) && !isRemoved) {
    object[name] = placeHolder(value, element);
    return;
  }
  delete object[name];
  delete object[`_${name}`];
  if (!isRemoved) object[`_${name}`] = masked();
}

/** A primitive in a list leaves a null in its place (FHIR R4 §json: arrays of primitives). An extension always goes whole. */
function maskItem(
  object: Mutable,
  name: string,
  index: number,
  isRemoved: boolean,
  element: ElementSchema | undefined,
): void {
  const values = Array.isArray(object[name]) ? (object[name] as unknown[]) : [];
  const value = values[index];
  if (value === GONE) return;
  if (isElement(value)) {
    values[index] = isRemoved || element?.type.name === 'Extension' ? GONE : placeHolder(value, element);
    return;
  }
  if (index < values.length) values[index] = null;
  const extras = Array.isArray(object[`_${name}`]) ? (object[`_${name}`] as unknown[]) : [];
  while (extras.length < Math.max(values.length, index + 1)) extras.push(null);
  extras[index] = masked();
  object[`_${name}`] = extras;
}

/** Takes out what is gone, and lists and objects beside primitives that nothing is left in: FHIR has no empty ones. */
export function sweep(object: Mutable): void {
  for (const [name, value] of Object.entries(object)) {
    const left = Array.isArray(value) ? value.filter((each) => each !== GONE) : value;
    if (Array.isArray(left)) {
      if (left.length === 0) delete object[name];
      else object[name] = left;
    }
    for (const each of Array.isArray(left) ? left : [left]) if (isElement(each)) sweep(each as Mutable);
    if (name.startsWith('_')) sweepBeside(object, name, left);
  }
}

/** In a list a null holds the place of a primitive that has no extensions. */
function sweepBeside(object: Mutable, name: string, left: unknown): void {
  const isBare = (each: unknown) => isElement(each) && Object.keys(each).length === 0;
  const items = (Array.isArray(left) ? left : [left]).map((each) => (isBare(each) ? null : each));
  if (items.every((each) => each === null)) delete object[name];
  else if (Array.isArray(left)) object[name] = items;
}
