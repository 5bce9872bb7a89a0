import { isOfficer, requireOfficer, requireOwnOrStaff } from '../asker.ts';
import type { AuditRouteServices } from '../audit-services.ts';
import { type Asked, type AuditedRoute, cursorIn, dayIn, patientIn } from '../audited-route.ts';
import { AuditError } from '../errors.ts';
import { disclosuresOf } from './accounting.ts';
import { parseRecordedDisclosure, recordedDisclosure } from './recorded-disclosure.ts';
import { parseSuspension } from './suspension.ts';

/** What a suspension's own requests leave in the audit trail names no patient: the individual reads that trail. */
const SILENT = 'suspension';

async function account(services: AuditRouteServices, asked: Asked): Promise<unknown> {
  const { vault, now, suspensions, directory } = services;
  const patient = patientIn(asked);
  const fromMs = dayIn(asked, 'from');
  const cursor = cursorIn(asked);
  requireOwnOrStaff(asked.principal, patient);
  // What staff print is handed to the individual: suspended entries show to a privacy officer who asks for them, and to nobody else.
  const isShown = asked.query.suspended === 'shown' && isOfficer(asked.principal);
  const accounting = await disclosuresOf(vault, {
    patient,
    now: now(),
    directory,
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(cursor === undefined ? {} : { cursor }),
    ...(isShown ? {} : { isSuspended: (event) => suspensions.hides(event) }),
  });
  const found = accounting.disclosures.length + accounting.excluded.length;
  // The trail is the individual's to read: it must not tell that there was more to be shown than they are told of.
  if (found > 0 && !isShown) asked.trail.patients.push(patient);
  return { patient, ...accounting };
}

async function record(services: AuditRouteServices, { principal, body }: Asked): Promise<unknown> {
  const { vault, organisation, now } = services;
  requireOfficer(principal);
  const disclosure = parseRecordedDisclosure(body, now());
  const stored = await vault.read('Patient', disclosure.patient);
  if (stored?.text === undefined) throw new AuditError('not-found', 'There is no such patient.');
  const event = recordedDisclosure(disclosure, { organisation, principal, now: now() });
  await vault.commit({ audits: [event] });
  return { event: event.id, ...disclosure };
}

/** `GET` and `POST /audit/disclosures`, and what an agency's statement suspends (45 CFR 164.528). */
export function accountingRoutes(services: AuditRouteServices): AuditedRoute[] {
  const { suspensions, now } = services;
  return [
    {
      method: 'GET',
      path: '/audit/disclosures',
      name: 'disclosures',
      work: (asked) => account(services, asked),
    },
    {
      method: 'POST',
      path: '/audit/disclosures',
      name: 'record-disclosure',
      status: 201,
      work: (asked) => record(services, asked),
    },
    {
      method: 'GET',
      path: '/audit/suspensions',
      name: SILENT,
      work: async ({ principal }) => {
        requireOfficer(principal);
        return { suspensions: suspensions.all() };
      },
    },
    {
      method: 'POST',
      path: '/audit/suspensions',
      name: SILENT,
      status: 201,
      work: async ({ principal, body }) => {
        requireOfficer(principal);
        const suspension = parseSuspension(body, now(), principal.id);
        suspensions.add(suspension);
        return suspension;
      },
    },
    {
      method: 'DELETE',
      path: '/audit/suspensions/:id',
      name: SILENT,
      work: async ({ principal, params }) => {
        requireOfficer(principal);
        return suspensions.lift(params.id ?? '');
      },
    },
  ];
}
