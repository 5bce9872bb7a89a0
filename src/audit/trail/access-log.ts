import type { Filter } from '../../r4/index.ts';
import { requireOwnOrStaff } from '../asker.ts';
import type { AuditRouteServices } from '../audit-services.ts';
import { type Asked, type AuditedRoute, cursorIn, dayIn, patientIn } from '../audited-route.ts';
import type { StoredEvent } from '../stored-event.ts';
import { visiblePage } from '../visible-page.ts';
import { accessIn } from './access-words.ts';

/** Entries of one answer. */
const PAGE = 50; // what a person reads in one sitting

async function accesses(services: AuditRouteServices, asked: Asked): Promise<unknown> {
  const { vault, suspensions } = services;
  const patient = patientIn(asked);
  const fromMs = dayIn(asked, 'from');
  const cursor = cursorIn(asked);
  requireOwnOrStaff(asked.principal, patient);
  const filters: Filter[] = [
    { kind: 'reference', param: 'patient', values: [{ by: 'id', types: ['Patient'], id: patient }] },
  ];
  if (fromMs !== undefined) {
    const text = new Date(fromMs).toISOString();
    filters.push({
      kind: 'date',
      param: 'date',
      hidden: false,
      values: [{ prefix: 'ge', low: fromMs, high: fromMs, text }],
    });
  }
  const search = { type: 'AuditEvent', filters, includes: [], revIncludes: [], sort: [] };
  const page = await visiblePage(
    {
      fetch: async (from, limit) => vault.search({ search, limit, cursor: from }),
      keep: async ({ id }) => {
        const stored = await vault.read('AuditEvent', id);
        // The log is the individual's: what is suspended does not stand in it, whoever prints it for them.
        if (stored?.text === undefined || suspensions.hides(stored)) return undefined;
        return accessIn(JSON.parse(stored.text) as StoredEvent, patient);
      },
    },
    PAGE,
    cursor,
  );
  if (page.kept.length > 0) asked.trail.patients.push(patient);
  return { patient, accesses: page.kept, ...(page.next === undefined ? {} : { next: page.next }) };
}

/** `GET /audit/accesses?patient=`: every access to a patient's data in words, newest first; uses as well as disclosures. */
export function accessLogRoutes(services: AuditRouteServices): AuditedRoute[] {
  return [
    {
      method: 'GET',
      path: '/audit/accesses',
      name: 'accesses',
      work: (asked) => accesses(services, asked),
    },
  ];
}
