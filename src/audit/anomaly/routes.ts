import { isLogicalId } from '../../identity/index.ts';
import { requireOfficer } from '../asker.ts';
import type { AuditRouteServices } from '../audit-services.ts';
import { type AuditedRoute, patientIn, sequenceIn } from '../audited-route.ts';
import { objectIn, oneOf, textIn } from '../body.ts';
import { AuditError } from '../errors.ts';

/** Flags on one page. */
const PAGE = 50; // what an officer looks through at once

/** Flags of unusual accesses, their review, and the patients that are watched over. For privacy officers. */
export function anomalyRoutes(services: AuditRouteServices): AuditedRoute[] {
  const { flagging } = services;
  const watched = (params: Readonly<Record<string, string>>): string => {
    const { patient = '' } = params;
    if (!isLogicalId(patient)) throw new AuditError('malformed', 'A patient is a logical id.');
    return patient;
  };
  return [
    {
      method: 'GET',
      path: '/audit/flags',
      name: 'flags',
      work: async (asked) => {
        requireOfficer(asked.principal);
        const before = sequenceIn(asked);
        const { records, next } = flagging.list({
          ...(asked.query.patient === undefined ? {} : { patient: patientIn(asked) }),
          ...(before === undefined ? {} : { before }),
          limit: PAGE,
        });
        return { flags: records, ...(next === undefined ? {} : { next: String(next) }) };
      },
    },
    {
      method: 'POST',
      path: '/audit/flags/:id/review',
      name: 'review-flag',
      work: async ({ principal, params, body }) => {
        requireOfficer(principal);
        const given = objectIn(body, ['outcome', 'note']);
        return flagging.review(params.id ?? '', {
          outcome: oneOf(given, 'outcome', ['justified', 'violation'] as const),
          note: textIn(given, 'note'),
          reviewer: principal.id,
        });
      },
    },
    {
      method: 'PUT',
      path: '/audit/watched/:patient',
      name: 'watch',
      work: async ({ principal, params, body }) => {
        requireOfficer(principal);
        const reason = textIn(objectIn(body, ['reason']), 'reason');
        return flagging.watch(watched(params), reason, principal.id);
      },
    },
    {
      method: 'DELETE',
      path: '/audit/watched/:patient',
      name: 'watch',
      work: async ({ principal, params }) => {
        requireOfficer(principal);
        flagging.unwatch(watched(params));
        return { patient: params.patient, watched: false };
      },
    },
  ];
}
