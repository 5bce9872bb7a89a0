import type { Filter } from '../../r4/index.ts';
import { requireOfficer } from '../asker.ts';
import type { AuditRouteServices } from '../audit-services.ts';
import { type Asked, type AuditedRoute, cursorIn } from '../audited-route.ts';
import { WITHHELD } from '../entity.ts';
import { AuditError } from '../errors.ts';
import type { StoredEvent } from '../stored-event.ts';
import { visiblePage } from '../visible-page.ts';

/** Refusals of one answer. */
const PAGE = 50; // what an officer looks through at once
const EVENT_ID = /^[0-9a-f]{32}$/;

/** A request of which something was withheld. */
interface Refusal {
  readonly event: string;
  readonly time: string;
  readonly agent: string;
  /** Stable code of the refusal; absent where the rest was answered. */
  readonly code?: string;
  /** Exceptions from information blocking, each with its clause; none when there was nothing to withhold. */
  readonly exceptions: readonly string[];
}

interface Noted extends StoredEvent {
  readonly entity?: readonly {
    readonly what?: { readonly identifier?: { readonly value?: string } };
    readonly detail?: readonly {
      readonly type: string;
      readonly valueString: string;
      readonly valueBase64Binary?: string;
    }[];
  }[];
}

async function refusalIn({ vault, refusals }: AuditRouteServices, id: string): Promise<Refusal | undefined> {
  const stored = await vault.read('AuditEvent', id);
  // What came from elsewhere, or was brought in, was not sealed here.
  if (stored?.text === undefined || stored.recorded !== true) return undefined;
  const event = JSON.parse(stored.text) as Noted;
  for (const { what, detail = [] } of event.entity ?? []) {
    const sealed = detail.find(({ type }) => type === WITHHELD)?.valueBase64Binary;
    const exceptions =
      sealed === undefined ? undefined : refusals.open(sealed, what?.identifier?.value ?? '');
    if (exceptions === undefined) continue;
    const who = event.agent.find(({ requestor }) => requestor)?.who;
    const agent = who?.reference ?? who?.identifier?.value ?? '';
    const { outcomeDesc: code } = event;
    return { event: id, time: event.recorded, agent, ...(code === undefined ? {} : { code }), exceptions };
  }
  return undefined;
}

const refused: Filter[] = [{ kind: 'token', param: 'outcome', not: false, values: [{ code: '4' }] }];
const search = { type: 'AuditEvent', filters: refused, includes: [], revIncludes: [], sort: [] };

async function list(services: AuditRouteServices, asked: Asked): Promise<unknown> {
  requireOfficer(asked.principal);
  const { event } = asked.query;
  if (event !== undefined) {
    if (typeof event !== 'string' || !EVENT_ID.test(event))
      throw new AuditError('malformed', '"event" is the id of an AuditEvent.');
    const one = await refusalIn(services, event);
    if (one === undefined) throw new AuditError('not-found', 'Nothing was noted with this AuditEvent.');
    return { refusals: [one] };
  }
  const page = await visiblePage(
    {
      fetch: async (from, limit) => services.vault.search({ search, limit, cursor: from }),
      keep: async ({ id }) => {
        const refusal = await refusalIn(services, id);
        return refusal === undefined || refusal.exceptions.length === 0 ? undefined : refusal;
      },
    },
    PAGE,
    cursorIn(asked),
  );
  return { refusals: page.kept, ...(page.next === undefined ? {} : { next: page.next }) };
}

/** `GET /audit/refusals`: what was withheld from whom, and the exception from information blocking that applies (45 CFR part 171). */
export function refusalRoutes(services: AuditRouteServices): AuditedRoute[] {
  return [
    { method: 'GET', path: '/audit/refusals', name: 'refusals', work: (asked) => list(services, asked) },
  ];
}
