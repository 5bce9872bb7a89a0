import type { ChainFilter, Filter, HasFilter, Search } from '../../r4/index.ts';
import { type Awaitable, after, all } from '../awaitable.ts';
import { custodyOf } from '../blind-index/blind-index.ts';
import { type Blind, blindId } from '../blind-index/blind-key.ts';
import { resourceForm } from '../blind-index/forms.ts';
import { VaultError } from '../error.ts';
import type { ReadingParts } from '../reading/version-reader.ts';
import type { FoundRow, Plan } from '../storage/plan.ts';
import { allOf, anyOf, type FilterPlan, filterPlan, type PlainFilter } from './filter-plan.ts';

/** Resources that a chain passes through at most: each costs a hash and a look-up, together about 50 ms. */
const MAX_CHAINED = 5_000;
/** Resources that are asked one by one whether another refers to them, at most: about 0.1 s. */
const MAX_CANDIDATES = 5_000;

/** A search ready to be executed. */
export interface SearchPlan {
  readonly plan: Plan;
  /** Filters to check on decrypted content. */
  readonly recheck: readonly PlainFilter[];
}

/** Turns searches into plans on blind values, following chains. */
export class SearchPlanner {
  readonly #parts: ReadingParts;

  constructor(parts: ReadingParts) {
    this.#parts = parts;
  }

  /** The plan of a search, limited to a patient's compartment when one is named. Throws `VaultError` `too-costly`. */
  plan(search: Search, patient: string | undefined): Awaitable<SearchPlan> {
    const { index } = this.#parts;
    const plans: Plan[] = [];
    const recheck: PlainFilter[] = [];
    // `_has` asks the candidates that the others leave.
    const filters = search.filters.toSorted((a, b) => Number(a.kind === 'has') - Number(b.kind === 'has'));
    const planFrom = (at: number): Awaitable<void> => {
      const filter = filters[at];
      if (filter === undefined) return;
      return after(this.#filter(search.type, filter, plans), (each) => {
        plans.push(each.plan);
        if (each.recheck) recheck.push(filter as PlainFilter);
        return planFrom(at + 1);
      });
    };
    return after(planFrom(0), () => {
      if (patient !== undefined) {
        plans.push({
          kind: 'keys',
          keys: [index.compartment(search.type, patient)],
          custody: custodyOf(search.type),
        });
      }
      // Only what is live stands under its type: members of a compartment need not be.
      if (plans.length === 0 || patient !== undefined) plans.push(allOf(search.type, index));
      const [one] = plans;
      return { plan: plans.length === 1 && one !== undefined ? one : { kind: 'and', plans }, recheck };
    });
  }

  #filter(type: string, filter: Filter, before: readonly Plan[]): Awaitable<FilterPlan> {
    if (filter.kind === 'chain') return after(this.#chain(type, filter), exactly);
    if (filter.kind === 'has') return after(this.#has(type, filter, before), exactly);
    if (filter.kind !== 'token' || filter.param !== '_id') return this.#plain(type, filter, () => []);
    const ids = filter.values.flatMap(({ code }) => code ?? []);
    return after(this.#rowsOf(type, ids), (rids) => this.#plain(type, filter, () => rids));
  }

  #plain(type: string, filter: PlainFilter, findIds: () => readonly number[]): FilterPlan {
    return filterPlan(type, filter, this.#parts.index, findIds);
  }

  #rowsOf(type: string, ids: readonly string[]): Awaitable<number[]> {
    const { storage, index } = this.#parts;
    const isAuditEvent = type === 'AuditEvent';
    const lookups = ids.flatMap((id) => [
      storage.named(index.names.of(type, id)),
      ...(isAuditEvent && /^[0-9a-f]{32}$/.test(id) ? [storage.entryOf(blindId(id))] : []),
    ]);
    return after(all(lookups), (rids) => rids.filter((rid) => rid !== undefined));
  }

  /** Rows that refer to a match of the inner filter: the matches' blind names become the references asked for. */
  #chain(type: string, { param, targets }: ChainFilter): Awaitable<Plan> {
    const { index } = this.#parts;
    let plans: Awaitable<Plan[]> = [];
    for (const target of targets) {
      plans = after(plans, (done) =>
        after(this.#matchNames(target.type, target.filter), (names) => [
          ...done,
          {
            kind: 'keys' as const,
            keys: names.map((name) => index.key(type, param, resourceForm(name))),
            custody: custodyOf(type),
          },
        ]),
      );
    }
    return after(plans, anyOf);
  }

  #matchNames(type: string, filter: Filter): Awaitable<Blind[]> {
    const { storage } = this.#parts;
    return after(this.#inner(type, filter), (plan) =>
      after(storage.find({ plan, order: [], limit: MAX_CHAINED + 1 }), (rows) => {
        if (rows.length > MAX_CHAINED) throw tooCostly();
        return after(storage.namesOf(rows.map(({ rid }) => rid)), (names) =>
          names.filter((name) => name !== undefined),
        );
      }),
    );
  }

  /** The inner filter's plan. A check on content has no place inside a chain. */
  #inner(type: string, filter: Filter): Awaitable<Plan> {
    return after(this.#filter(type, filter, []), ({ plan, recheck }) => {
      if (recheck)
        throw new VaultError(
          'too-costly',
          'A chain or _has cannot end in such a value: search in two steps.',
        );
      return { kind: 'and', plans: [plan, allOf(type, this.#parts.index)] };
    });
  }

  /** Rows that something refers to which matches: each candidate of the other filters is asked for. */
  #has(type: string, filter: HasFilter, before: readonly Plan[]): Awaitable<Plan> {
    const { storage, index } = this.#parts;
    const candidates: Plan = { kind: 'and', plans: [...before, allOf(type, index)] };
    return after(this.#inner(filter.type, filter.filter), (inner) =>
      after(storage.find({ plan: candidates, order: [], limit: MAX_CANDIDATES + 1 }), (rows) => {
        if (rows.length > MAX_CANDIDATES) throw tooCostly();
        return after(storage.namesOf(rows.map(({ rid }) => rid)), (names) =>
          after(this.#referred(filter, inner, names), (referred) => ({
            kind: 'rows' as const,
            rids: rows.filter((_row, at) => referred[at]).map(({ rid }) => rid),
          })),
        );
      }),
    );
  }

  #referred(filter: HasFilter, inner: Plan, names: readonly (Blind | undefined)[]): Awaitable<boolean[]> {
    const { storage, index } = this.#parts;
    const found = names.map((name): Awaitable<FoundRow[]> => {
      if (name === undefined) return [];
      const key = index.key(filter.type, filter.reference, resourceForm(name));
      const reference: Plan = { kind: 'keys', keys: [key], custody: custodyOf(filter.type) };
      return storage.find({ plan: { kind: 'and', plans: [reference, inner] }, order: [], limit: 1 });
    });
    return after(all(found), (rows) => rows.map((each) => each.length > 0));
  }
}

function exactly(plan: Plan): FilterPlan {
  return { plan, recheck: false };
}

function tooCostly(): VaultError {
  return new VaultError('too-costly', 'The chain passes through too many resources: narrow it.');
}
