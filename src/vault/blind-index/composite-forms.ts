import type { CompositeEntry, CompositeFilter, Filter, IndexEntry } from '../../r4/index.ts';
import type { BlindNames } from './blind-names.ts';
import {
  identifierForms,
  isWithoutSystem,
  PLAIN_SPAN,
  resourceForm,
  tokenForm,
  tokenForms,
  unitForm,
  unitForms,
  urlForm,
} from './forms.ts';

/** What a composite is found by: the forms of its exact parts joined, and the number or time of its one measured part. */
export interface CompositeForms {
  readonly forms: readonly string[];
  /** Present when exactly one part is a number, quantity or time. */
  readonly spans?: readonly {
    readonly form: string;
    readonly low: number;
    readonly high: number;
    readonly value: number;
  }[];
}

/** Joins the forms of two parts; a length keeps them apart. */
function join(left: readonly string[], right: readonly string[]): string[] {
  return left.flatMap((a) => right.map((b) => `${a.length}:${a}${b}`));
}

type Measured = Extract<IndexEntry, { kind: 'date' | 'number' | 'quantity' }>;

function isMeasured(entry: { readonly kind: string }): entry is Measured {
  return entry.kind === 'date' || entry.kind === 'number' || entry.kind === 'quantity';
}

/** Forms of a composite's entry. Text parts are left to the check on decrypted content, and so is more than one measured part. */
export function compositeForms({ components }: CompositeEntry, names: BlindNames): CompositeForms {
  let forms = [''];
  const measured: Measured[][] = [];
  for (const entries of components) {
    const exact = entries.flatMap((entry) => exactForms(entry, names));
    if (exact.length > 0) forms = join(forms, exact);
    const spans = entries.filter(isMeasured);
    if (spans.length > 0) measured.push(spans);
  }
  const [spans] = measured;
  if (measured.length !== 1 || spans === undefined) return { forms };
  return {
    forms,
    spans: spans.flatMap((entry) => {
      const { low, high } = entry;
      const value = entry.kind === 'date' ? low : entry.value;
      const units = entry.kind === 'quantity' ? unitForms(entry) : [PLAIN_SPAN];
      return join(forms, units).map((form) => ({ form, low, high, value }));
    }),
  };
}

function exactForms(entry: IndexEntry, names: BlindNames): string[] {
  if (entry.kind === 'token') return tokenForms(entry);
  if (entry.kind === 'uri') return [urlForm(entry.value)];
  if (entry.kind !== 'reference') return [];
  const { target, identifier } = entry;
  const forms = identifier === undefined ? [] : identifierForms(identifier);
  if (target.url !== undefined) forms.push(urlForm(target.url));
  if (target.type !== undefined && target.id !== undefined)
    forms.push(resourceForm(names.of(target.type, target.id)));
  return forms;
}

/** What a composite is asked by. */
export interface CompositeQuestion {
  /** Any of these, for the exact parts. */
  readonly forms: readonly string[];
  /** The measured part, when there is exactly one. */
  readonly measured?: Extract<Filter, { kind: 'date' | 'number' | 'quantity' }>;
  /** The index says too much: a part is text or a code without a system, or there are several measured parts. */
  readonly recheck: boolean;
}

/** The question that one value of a composite filter puts. `allTypes` serves a reference by id alone. */
export function compositeQuestion(
  value: CompositeFilter['values'][number],
  names: BlindNames,
  allTypes: readonly string[],
): CompositeQuestion {
  let forms = [''];
  const measured: CompositeQuestion['measured'][] = [];
  let recheck = false;
  for (const part of value) {
    if (part.kind === 'token' && part.values.some(isWithoutSystem)) recheck = true;
    const exact = askedForms(part, names, allTypes);
    if (exact.length > 0) forms = join(forms, exact);
    else if (isMeasured(part)) measured.push(part as CompositeQuestion['measured']);
    else recheck = true;
  }
  const [one] = measured;
  if (measured.length !== 1 || one === undefined) return { forms, recheck: recheck || measured.length > 1 };
  const units = one.kind === 'quantity' ? one.values.map(unitForm) : [PLAIN_SPAN];
  return { forms: join(forms, units), measured: one, recheck };
}

function askedForms(part: Filter, names: BlindNames, allTypes: readonly string[]): string[] {
  if (part.kind === 'token') return part.values.map(tokenForm);
  if (part.kind === 'uri') return part.values.map(urlForm);
  if (part.kind !== 'reference') return [];
  return part.values.flatMap((value) => {
    if (value.by === 'url') return [urlForm(value.url)];
    if (value.by === 'identifier') return [`i${tokenForm(value.token)}`];
    const types = value.types.length === 0 ? allTypes : value.types;
    return types.map((type) => resourceForm(names.of(type, value.id)));
  });
}
