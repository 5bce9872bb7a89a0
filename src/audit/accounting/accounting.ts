import type { Filter, Search } from '../../r4/index.ts';
import type { StoredVersion, Vault } from '../../vault/index.ts';
import { DISCLOSE } from '../shape.ts';
import type { StoredEvent } from '../stored-event.ts';
import { visiblePage } from '../visible-page.ts';
import { type Disclosure, disclosureIn, type MemberDirectory } from './disclosure.ts';

/** How far back an accounting reaches when nothing else is asked: six years (45 CFR 164.528(a)(1)). */
const YEARS = 6;
/** Entries of one answer; the rest follow on the next page. */
const PAGE = 100;

/** What is accounted for. */
export interface AccountingQuery {
  readonly patient: string;
  readonly now: Date;
  /** Milliseconds since 1970; six years before `now` when left out. */
  readonly fromMs?: number;
  readonly cursor?: string;
  /** AuditEvents that are kept from the individual for the present: 45 CFR 164.528(a)(2). */
  readonly isSuspended?: (event: StoredVersion) => boolean;
  readonly directory?: MemberDirectory;
}

/** A page of an accounting, newest first; `next` is where the following one begins. */
export interface Accounting {
  /** What 45 CFR 164.528 entitles the individual to. */
  readonly disclosures: readonly Disclosure[];
  /** Releases that it leaves out, each with the paragraph that does. */
  readonly excluded: readonly Disclosure[];
  readonly next: string | undefined;
}

/**
 * The accounting of disclosures of a patient, apart from the log of accesses: uses within the organisation are no disclosures
 * (45 CFR 160.103). Suspended entries leave no gap: pages are as full as if they did not exist. Empty for a patient of whom
 * nothing was released.
 */
export async function disclosuresOf(
  vault: Pick<Vault, 'search' | 'read'>,
  query: AccountingQuery,
): Promise<Accounting> {
  const { isSuspended = () => false, directory = () => ({}) } = query;
  const search = searchFor(query);
  const page = await visiblePage(
    {
      fetch: async (cursor, limit) => vault.search({ search, limit, cursor }),
      keep: async ({ id }) => {
        const stored = await vault.read('AuditEvent', id);
        if (stored?.text === undefined || isSuspended(stored)) return undefined;
        return disclosureIn(JSON.parse(stored.text) as StoredEvent, directory);
      },
    },
    PAGE,
    query.cursor,
  );
  return {
    disclosures: page.kept.filter(({ exclusion }) => exclusion === undefined),
    excluded: page.kept.filter(({ exclusion }) => exclusion !== undefined),
    next: page.next,
  };
}

function searchFor({ patient, now, fromMs }: AccountingQuery): Search {
  const low = fromMs ?? new Date(now).setUTCFullYear(now.getUTCFullYear() - YEARS);
  const filters: Filter[] = [
    { kind: 'reference', param: 'patient', values: [{ by: 'id', types: ['Patient'], id: patient }] },
    {
      kind: 'token',
      param: 'subtype',
      not: false,
      values: [{ system: DISCLOSE.system, code: DISCLOSE.code }],
    },
    {
      kind: 'date',
      param: 'date',
      hidden: false,
      values: [{ prefix: 'ge', low, high: low, text: new Date(low).toISOString() }],
    },
  ];
  return { type: 'AuditEvent', filters, includes: [], revIncludes: [], sort: [] };
}
