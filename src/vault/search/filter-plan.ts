import { type Filter, resourceTypes } from '../../r4/index.ts';
import type { BlindIndex } from '../blind-index/blind-index.ts';
import { compositeQuestion } from '../blind-index/composite-forms.ts';
import { exactForm, PLAIN_SPAN, PRESENT, prefixForm, resourceForm, tokenForm, unitForm, urlForm } from '../blind-index/forms.ts';
import { rangeForms } from '../blind-index/hidden-date.ts';
import type { Plan } from '../storage/plan.ts';
import { datePlan, numberPlan } from './span-plans.ts';

/** A filter that the index answers by itself, without looking at other resources. */
export type PlainFilter = Exclude<Filter, { kind: 'chain' | 'has' }>;

/** What a filter comes to. */
export interface FilterPlan {
  readonly plan: Plan;
  /** The plan has rows that do not match: each is checked on its decrypted content. */
  readonly recheck: boolean;
}

/** Row ids of resources by logical id, for `_id`. */
export type FindIds = (type: string, ids: readonly string[]) => readonly number[];

const NOTHING: Plan = { kind: 'rows', rids: [] };

/** The plan of a filter on a type's index. */
export function filterPlan(type: string, filter: PlainFilter, index: BlindIndex, findIds: FindIds): FilterPlan {
  const key = (form: string): Buffer => index.key(type, filter.param, form);
  const everything: Plan = { kind: 'keys', keys: [index.all(type)] };
  const except = (plan: Plan): Plan => ({ kind: 'and', plans: [everything, { kind: 'not', plan }] });
  const exactly = (plan: Plan): FilterPlan => ({ plan, recheck: false });
  switch (filter.kind) {
    case 'missing': {
      // Every version has both.
      if (filter.param === '_id' || filter.param === '_lastUpdated') return exactly(filter.missing ? NOTHING : everything);
      const present: Plan = { kind: 'keys', keys: [key(PRESENT)] };
      return exactly(filter.missing ? except(present) : present);
    }
    case 'token': {
      const plan = tokenPlan(type, filter, key, findIds);
      return exactly(filter.not ? except(plan) : plan);
    }
    case 'reference':
      return exactly({ kind: 'keys', keys: referenceForms(filter, index).map(key) });
    case 'uri':
      return exactly({ kind: 'keys', keys: filter.values.map((value) => key(urlForm(value))) });
    case 'string':
      return stringPlan(filter, key);
    case 'date':
      return exactly(anyOf(filter.values.map((value) => (filter.hidden ? hiddenPlan(value, key) : datePlan(key(PLAIN_SPAN), value)))));
    case 'number':
      return exactly(anyOf(filter.values.map((value) => numberPlan(key(PLAIN_SPAN), value))));
    case 'quantity':
      return exactly(anyOf(filter.values.map((value) => numberPlan(key(unitForm(value)), value))));
    case 'composite':
      return compositePlan(filter, index, key);
  }
}

/** Rows in any of the plans. */
export function anyOf(plans: readonly Plan[]): Plan {
  const [one] = plans;
  if (one === undefined) return NOTHING;
  return plans.length === 1 ? one : { kind: 'or', plans };
}

function tokenPlan(
  type: string,
  { param, values }: Extract<Filter, { kind: 'token' }>,
  key: (form: string) => Buffer,
  findIds: FindIds,
): Plan {
  if (param !== '_id') return { kind: 'keys', keys: values.map((value) => key(tokenForm(value))) };
  const ids = values.flatMap(({ system, code }) => (code !== undefined && (system ?? '') === '' ? [code] : []));
  return { kind: 'rows', rids: findIds(type, ids) };
}

function referenceForms({ values }: Extract<Filter, { kind: 'reference' }>, index: BlindIndex): string[] {
  return values.flatMap((value) => {
    if (value.by === 'url') return [urlForm(value.url)];
    if (value.by === 'identifier') return [`i${tokenForm(value.token)}`];
    const types = value.types.length === 0 ? resourceTypes() : value.types;
    return types.map((type) => resourceForm(index.names.of(type, value.id)));
  });
}

function stringPlan({ values, exactly }: Extract<Filter, { kind: 'string' }>, key: (form: string) => Buffer): FilterPlan {
  if (exactly) return { plan: { kind: 'keys', keys: values.map(({ exact }) => key(exactForm(exact))) }, recheck: false };
  const prefixes = values.map(({ normalized }) => prefixForm(normalized));
  return {
    plan: { kind: 'keys', keys: prefixes.map(({ form }) => key(form)) },
    recheck: prefixes.some(({ whole }) => !whole),
  };
}

function hiddenPlan(value: Parameters<typeof rangeForms>[0], key: (form: string) => Buffer): Plan {
  const forms = rangeForms(value);
  if (forms !== undefined) return { kind: 'keys', keys: forms.map(key) };
  const equal = rangeForms({ ...value, prefix: 'eq' }) ?? [];
  const present: Plan = { kind: 'keys', keys: [key(PRESENT)] };
  return { kind: 'and', plans: [present, { kind: 'not', plan: { kind: 'keys', keys: equal.map(key) } }] };
}

function compositePlan(
  { values }: Extract<Filter, { kind: 'composite' }>,
  index: BlindIndex,
  key: (form: string) => Buffer,
): FilterPlan {
  let recheck = false;
  const plans = values.map((value): Plan => {
    const question = compositeQuestion(value, index.names, resourceTypes());
    recheck ||= question.recheck;
    const { measured, forms } = question;
    if (measured === undefined) return { kind: 'keys', keys: forms.map(key) };
    return anyOf(
      forms.flatMap((form) =>
        measured.kind === 'date'
          ? measured.values.map((each) => datePlan(key(form), each))
          : measured.values.map((each) => numberPlan(key(form), each)),
      ),
    );
  });
  return { plan: anyOf(plans), recheck };
}
