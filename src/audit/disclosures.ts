import { ORGANISATION_SYSTEM } from '../consent/index.ts';
import { purposeIsA } from '../identity/index.ts';
import type { Filter, Search } from '../r4/index.ts';
import type { Vault } from '../vault/index.ts';
import { DISCLOSE } from './shape.ts';

/** How far back an accounting reaches when nothing else is asked: six years (45 CFR 164.528(a)(1)). */
const YEARS = 6;
/** Entries of one answer; the rest follow on the next page. */
const PAGE = 100;

/** One release of a patient's data to another organisation: the content of an accounting (45 CFR 164.528(b)(2)). */
export interface Disclosure {
  /** RFC 3339. */
  readonly date: string;
  /** Member organisation that received it. */
  readonly recipient: string;
  /** Opaque id of the person there, where the recipient named one. */
  readonly user?: string;
  /** What was released, in words. */
  readonly description: string;
  readonly purpose: readonly { readonly code: string; readonly display: string }[];
  /** Ids of the consents it relied on. */
  readonly consents: readonly string[];
  /** The AuditEvent, whose receipt proves this entry. */
  readonly event: string;
}

/** What is accounted for. */
export interface AccountingQuery {
  readonly patient: string;
  readonly now: Date;
  /** Milliseconds since 1970; six years before `now` when left out. */
  readonly fromMs?: number;
  readonly cursor?: string;
}

/** A page of an accounting, newest first; `next` is where the following one begins. */
export interface Accounting {
  readonly disclosures: readonly Disclosure[];
  readonly next: string | undefined;
}

/**
 * The accounting of disclosures of a patient: releases to other organisations, treatment, payment and operations
 * included; uses within the organisation are no disclosures (45 CFR 160.103). Empty for a patient of whom nothing was released.
 */
export async function disclosuresOf(
  vault: Pick<Vault, 'search' | 'read'>,
  query: AccountingQuery,
): Promise<Accounting> {
  const page = await vault.search({ search: searchFor(query), limit: PAGE, cursor: query.cursor });
  const disclosures: Disclosure[] = [];
  for (const { id } of page.hits) {
    const stored = await vault.read('AuditEvent', id);
    if (stored?.text !== undefined) disclosures.push(disclosureIn(JSON.parse(stored.text)));
  }
  return { disclosures, next: page.next };
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

interface StoredReference {
  readonly reference?: string;
  readonly identifier?: { readonly system?: string; readonly value?: string };
}

interface StoredEvent {
  readonly id: string;
  readonly recorded: string;
  readonly agent: readonly { readonly requestor: boolean; readonly who?: StoredReference }[];
  readonly entity: readonly {
    readonly what?: StoredReference;
    readonly role?: { readonly code: string };
    readonly detail?: readonly { readonly type: string; readonly valueString: string }[];
  }[];
  readonly purposeOfEvent?: readonly { readonly coding: readonly { readonly code: string }[] }[];
}

function disclosureIn(event: StoredEvent): Disclosure {
  const [client, , person] = event.agent;
  const { system, value = '' } = client?.who?.identifier ?? {};
  const user = person?.who?.identifier?.value ?? person?.who?.reference;
  const codes = event.purposeOfEvent?.flatMap(({ coding }) => coding.map(({ code }) => code)) ?? [];
  return {
    date: event.recorded,
    recipient: system === ORGANISATION_SYSTEM ? value : 'unknown',
    ...(user === undefined ? {} : { user }),
    description: describe(event),
    purpose: codes.map((code) => ({ code, display: displayOf(code) })),
    consents: event.entity.flatMap(({ what }) => idIn(what, 'Consent')),
    event: event.id,
  };
}

/** A brief description of what was disclosed (45 CFR 164.528(b)(2)(iii)): how many records of which type. */
function describe({ entity }: StoredEvent): string {
  const patients = entity.filter(({ what, role }) => role?.code === '1' && idIn(what, 'Patient').length > 0);
  // What of it belongs to whom the entry does not say, and of others it must not tell.
  if (patients.length !== 1) return 'part of a release about several patients';
  const counts = new Map<string, number>();
  let more = 0;
  for (const { what, role, detail } of entity) {
    if (role?.code !== '4') continue;
    const type = what?.reference?.split('/')[0];
    if (type !== undefined) counts.set(type, (counts.get(type) ?? 0) + 1);
    more += Number(detail?.find((each) => each.type === 'not-listed')?.valueString ?? 0);
  }
  const parts = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, count]) => `${count} ${type}`);
  if (more > 0) parts.push(`${more} more`);
  return parts.length === 0 ? 'records of the patient' : parts.join(', ');
}

function idIn(what: StoredReference | undefined, type: string): string[] {
  const [named, id] = what?.reference?.split('/') ?? [];
  return named === type && id !== undefined ? [id] : [];
}

/** Displays of v3-PurposeOfUse's top level; a purpose below is of the kind of the one it belongs to. */
const DISPLAYS: Readonly<Record<string, string>> = {
  TREAT: 'treatment',
  HPAYMT: 'healthcare payment',
  HOPERAT: 'healthcare operations',
  HRESCH: 'healthcare research',
  PATRQT: 'patient requested',
  PUBHLTH: 'public health',
  HMARKT: 'healthcare marketing',
};

function displayOf(code: string): string {
  return Object.entries(DISPLAYS).find(([head]) => purposeIsA(code, head))?.[1] ?? 'purpose of use';
}
