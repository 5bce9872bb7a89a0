import type { Blind } from '../../blind-index/blind-key.ts';
import type { Plan } from '../plan.ts';
import { BUCKET_ROWS, bucketOf, intersect, subtract, unite } from './bucket.ts';
import type { PostingPiece, PostingPieces } from './posting-table.ts';
import { MOST_AHEAD, nextAhead } from './read-ahead.ts';
import type { SpanIndex } from './span-index.ts';

/** A set of rows, walked from the newest bucket downwards; each call asks for the same bucket or a lower one. */
export interface RowSource {
  /** The highest bucket, `bucket` or below, that may hold rows; undefined when there is none. */
  seek(bucket: number): number | undefined;
  /** Ascending offsets of the rows in a bucket that `seek` gave; may be empty. */
  rows(bucket: number): Uint16Array;
}

/** The tables that plans are executed on. */
export interface Tables {
  readonly postings: Readonly<Record<'resource' | 'audit', PostingPieces>>;
  readonly spans: SpanIndex;
}

const NONE = new Uint16Array(0);

/** The rows of a plan. */
export function sourceOf(plan: Plan, tables: Tables): RowSource {
  switch (plan.kind) {
    case 'keys': {
      const sources = plan.keys.map((key) => new PostingSource(tables, plan.custody, key));
      return sources.length === 1 && sources[0] !== undefined ? sources[0] : new AnySource(sources);
    }
    case 'span':
      return new SpanSource(tables.spans, plan);
    case 'rows':
      return new FixedSource(plan.rids);
    case 'or':
      return new AnySource(plan.plans.map((each) => sourceOf(each, tables)));
    case 'and':
      return new AllSource(plan.plans, tables);
    case 'not':
      throw new TypeError('a negation stands only inside a conjunction');
  }
}

class PostingSource implements RowSource {
  readonly #postings: PostingPieces;
  readonly #most: number;
  readonly #key: Blind;
  #pieces: readonly PostingPiece[] = [];
  #at = 0;
  #limit = 0;
  #more = true;

  constructor({ postings }: Tables, custody: 'resource' | 'audit', key: Blind) {
    this.#postings = postings[custody];
    this.#most = MOST_AHEAD[custody];
    this.#key = key;
  }

  seek(bucket: number): number | undefined {
    this.#skip(bucket);
    if (this.#at === this.#pieces.length && this.#more) {
      this.#limit = nextAhead(this.#limit, this.#most, this.#pieces.at(-1)?.bucket, bucket);
      this.#pieces = this.#postings.descend(this.#key, bucket, this.#limit);
      this.#more = this.#pieces.length === this.#limit;
      this.#at = 0;
    }
    return this.#pieces[this.#at]?.bucket;
  }

  rows(bucket: number): Uint16Array {
    const piece = this.#pieces[this.#at];
    return piece?.bucket === bucket ? piece.offsets : NONE;
  }

  #skip(bucket: number): void {
    while (this.#at < this.#pieces.length && (this.#pieces[this.#at]?.bucket ?? 0) > bucket) this.#at += 1;
  }
}

class SpanSource implements RowSource {
  readonly #spans: SpanIndex;
  readonly #plan: Extract<Plan, { kind: 'span' }>;
  #buckets: readonly number[] = [];
  #at = 0;
  #limit = 0;
  #more = true;

  constructor(spans: SpanIndex, plan: Extract<Plan, { kind: 'span' }>) {
    this.#spans = spans;
    this.#plan = plan;
  }

  seek(bucket: number): number | undefined {
    while (this.#at < this.#buckets.length && (this.#buckets[this.#at] ?? 0) > bucket) this.#at += 1;
    if (this.#at === this.#buckets.length && this.#more) {
      const { custody, key, test } = this.#plan;
      this.#limit = nextAhead(this.#limit, MOST_AHEAD[custody], this.#buckets.at(-1), bucket);
      this.#buckets = this.#spans.buckets(custody, key, test, bucket, this.#limit);
      this.#more = this.#buckets.length === this.#limit;
      this.#at = 0;
    }
    return this.#buckets[this.#at];
  }

  rows(bucket: number): Uint16Array {
    const { custody, key, test } = this.#plan;
    return this.#spans.within(custody, key, test, bucket);
  }
}

class FixedSource implements RowSource {
  readonly #rids: readonly number[];

  constructor(rids: readonly number[]) {
    this.#rids = [...new Set(rids)].sort((a, b) => a - b);
  }

  seek(bucket: number): number | undefined {
    const rid = this.#rids.findLast((each) => bucketOf(each) <= bucket);
    return rid === undefined ? undefined : bucketOf(rid);
  }

  rows(bucket: number): Uint16Array {
    return Uint16Array.from(
      this.#rids.filter((rid) => bucketOf(rid) === bucket),
      (rid) => rid % BUCKET_ROWS,
    );
  }
}

class AnySource implements RowSource {
  readonly #sources: readonly RowSource[];

  constructor(sources: readonly RowSource[]) {
    this.#sources = sources;
  }

  seek(bucket: number): number | undefined {
    let highest: number | undefined;
    for (const source of this.#sources) {
      const found = source.seek(bucket);
      if (found !== undefined && (highest === undefined || found > highest)) highest = found;
    }
    return highest;
  }

  rows(bucket: number): Uint16Array {
    let all: Uint16Array<ArrayBufferLike> = NONE;
    for (const source of this.#sources) {
      if (source.seek(bucket) === bucket) all = unite(all, source.rows(bucket));
    }
    return all;
  }
}

class AllSource implements RowSource {
  readonly #sources: readonly RowSource[];
  readonly #excluded: readonly RowSource[];

  constructor(plans: readonly Plan[], tables: Tables) {
    // Spans last: to find a bucket's rows by them takes reading all of their values in it.
    this.#sources = plans
      .filter((plan) => plan.kind !== 'not')
      .toSorted((a, b) => Number(a.kind === 'span') - Number(b.kind === 'span'))
      .map((plan) => sourceOf(plan, tables));
    this.#excluded = plans.flatMap((plan) => (plan.kind === 'not' ? [sourceOf(plan.plan, tables)] : []));
    if (this.#sources.length === 0) throw new TypeError('a conjunction needs one plan that is no negation');
  }

  seek(bucket: number): number | undefined {
    let target = bucket;
    for (let at = 0; at < this.#sources.length; ) {
      const found = this.#sources[at]?.seek(target);
      if (found === undefined) return undefined;
      at = found < target ? 0 : at + 1;
      target = found;
    }
    return target;
  }

  rows(bucket: number): Uint16Array {
    let kept: Uint16Array<ArrayBufferLike> | undefined;
    for (const source of this.#sources) {
      const rows = source.rows(bucket);
      kept = kept === undefined ? rows : intersect(kept, rows);
      if (kept.length === 0) return NONE;
    }
    for (const source of this.#excluded) {
      if (source.seek(bucket) === bucket) kept = subtract(kept ?? NONE, source.rows(bucket));
    }
    return kept ?? NONE;
  }
}
