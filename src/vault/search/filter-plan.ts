import { type Filter, resourceTypes } from '../../r4/index.ts';
import { type BlindIndex, custodyOf } from '../blind-index/blind-index.ts';
import type { Blind } from '../blind-index/blind-key.ts';
import { compositeQuestion } from '../blind-index/composite-forms.ts';
import {
  exactForm,
  isWithoutSystem,
  NO_SYSTEM,
  PLAIN_SPAN,
  PRESENT,
  prefixForm,
  resourceForm,
  tokenForm,
  unitForm,
  urlForm,
} from '../blind-index/forms.ts';
import { rangeForms } from '../blind-index/hidden-date.ts';
import type { Plan } from '../storage/plan.ts';
import { datePlan, numberPlan, type SpanKey } from './span-plans.ts';

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

/** Blinds forms of one parameter. */
interface Blinding {
  readonly span: (form: string) => SpanKey;
  /** Rows under any of the forms. */
  readonly any: (forms: readonly string[]) => Plan;
  /** Every live resource of the type. */
  readonly everything: Plan;
}

/** The plan of a filter on a type's index. */
export function filterPlan(
  type: string,
  filter: PlainFilter,
  index: BlindIndex,
  findIds: FindIds,
): FilterPlan {
  const custody = custodyOf(type);
  const key = (form: string): Blind => index.key(type, filter.param, form);
  const any = (forms: readonly string[]): Plan => ({ kind: 'keys', keys: forms.map(key), custody });
  const span = (form: string): SpanKey => ({ key: key(form), custody });
  const everything = allOf(type, index);
  const blinding = { span, any, everything };
  switch (filter.kind) {
    case 'missing': {
      // Every version has both.
      if (filter.param === '_id' || filter.param === '_lastUpdated')
        return exactly(filter.missing ? NOTHING : everything);
      return exactly(filter.missing ? except(everything, any([PRESENT])) : any([PRESENT]));
    }
    case 'token': {
      const { plan, recheck } = tokenPlan(type, filter, blinding, findIds);
      if (!filter.not) return { plan, recheck };
      // What may be too much cannot be taken away.
      return recheck ? { plan: everything, recheck } : exactly(except(everything, plan));
    }
    case 'reference':
      return {
        plan: any(referenceForms(filter, index)),
        recheck: filter.values.some((value) => value.by === 'identifier' && isWithoutSystem(value.token)),
      };
    case 'uri':
      return exactly(any(filter.values.map(urlForm)));
    case 'string':
      return stringPlan(filter, blinding);
    case 'date':
      return exactly(
        anyOf(
          filter.values.map((value) =>
            filter.hidden ? hiddenPlan(value, blinding) : datePlan(span(PLAIN_SPAN), value),
          ),
        ),
      );
    case 'number':
      return exactly(anyOf(filter.values.map((value) => numberPlan(span(PLAIN_SPAN), value))));
    case 'quantity':
      return exactly(anyOf(filter.values.map((value) => numberPlan(span(unitForm(value)), value))));
    case 'composite':
      return compositePlan(filter, index, blinding);
  }
}

/** Every live resource of a type. */
export function allOf(type: string, index: BlindIndex): Plan {
  return { kind: 'keys', keys: [index.all(type)], custody: custodyOf(type) };
}

function exactly(plan: Plan): FilterPlan {
  return { plan, recheck: false };
}

function except(everything: Plan, plan: Plan): Plan {
  return { kind: 'and', plans: [everything, { kind: 'not', plan }] };
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
  { any, everything }: Blinding,
  findIds: FindIds,
): FilterPlan {
  if (param === '_id') {
    const ids = values.flatMap(({ system, code }) =>
      code !== undefined && (system ?? '') === '' ? [code] : [],
    );
    return exactly({ kind: 'and', plans: [{ kind: 'rows', rids: findIds(type, ids) }, everything] });
  }
  const [without, others] = [
    values.filter(isWithoutSystem),
    values.filter((value) => !isWithoutSystem(value)),
  ];
  const plans: Plan[] = others.length === 0 ? [] : [any(others.map(tokenForm))];
  if (without.length > 0) plans.push({ kind: 'and', plans: [any(without.map(tokenForm)), any([NO_SYSTEM])] });
  return { plan: anyOf(plans), recheck: without.length > 0 };
}

function referenceForms({ values }: Extract<Filter, { kind: 'reference' }>, index: BlindIndex): string[] {
  return values.flatMap((value) => {
    if (value.by === 'url') return [urlForm(value.url)];
    if (value.by === 'identifier') return [`i${tokenForm(value.token)}`];
    const types = value.types.length === 0 ? resourceTypes() : value.types;
    return types.map((type) => resourceForm(index.names.of(type, value.id)));
  });
}

function stringPlan(filter: Extract<Filter, { kind: 'string' }>, { any }: Blinding): FilterPlan {
  if (filter.exactly) return exactly(any(filter.values.map(({ exact }) => exactForm(exact))));
  const prefixes = filter.values.map(({ normalized }) => prefixForm(normalized));
  return {
    plan: any(prefixes.map(({ form }) => form)),
    recheck: prefixes.some(({ whole }) => !whole),
  };
}

function hiddenPlan(value: Parameters<typeof rangeForms>[0], { any }: Blinding): Plan {
  const forms = rangeForms(value);
  return forms === undefined
    ? except(any([PRESENT]), any(rangeForms({ ...value, prefix: 'eq' }) ?? []))
    : any(forms);
}

function compositePlan(
  { values }: Extract<Filter, { kind: 'composite' }>,
  index: BlindIndex,
  { span, any }: Blinding,
): FilterPlan {
  let recheck = false;
  const plans = values.map((value): Plan => {
    const question = compositeQuestion(value, index.names, resourceTypes());
    recheck ||= question.recheck;
    const { measured, forms } = question;
    if (measured === undefined) return any(forms);
    return anyOf(
      forms.flatMap((form) =>
        measured.kind === 'date'
          ? measured.values.map((each) => datePlan(span(form), each))
          : measured.values.map((each) => numberPlan(span(form), each)),
      ),
    );
  });
  return { plan: anyOf(plans), recheck };
}
