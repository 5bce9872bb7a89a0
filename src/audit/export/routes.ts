import { randomId } from '../../crypto/index.ts';
import {
  AUDIT_EXPORT_KIND,
  type BundleItem,
  exportDigest,
  formatAuditExport,
  manifestText,
  toBase64,
} from '../../proof/index.ts';
import type { Opening } from '../../vault/index.ts';
import { isOfficer, isStaff, readableFor, requireOwnOrStaff, requireStaff } from '../asker.ts';
import type { AuditRouteServices } from '../audit-services.ts';
import { type Asked, type AuditedRoute, patientIn } from '../audited-route.ts';
import { AuditError } from '../errors.ts';
import { type ExportedEvents, exportedEvents } from './exported-events.ts';
import { type Period, periodIn } from './period.ts';

/** How long an export waits for a checkpoint that covers it. */
const WAIT_MS = 5_000; // five publishing ticks

function itemOf(opening: Opening, proof: string): BundleItem {
  const { event, salt, contentSalt, content } = opening;
  const sealed = contentSalt === undefined ? {} : { contentSalt: toBase64(contentSalt) };
  const receipt = { version: 1 as const, event, salt: toBase64(salt), ...sealed, proof };
  return content === undefined ? { receipt } : { receipt, content };
}

/** Commits the manifest as an event of its own; resolves to what opens it. */
async function manifestOf(
  { vault, organisation }: AuditRouteServices,
  { patient, fromMs, untilMs }: Period,
  { found, leftOut }: ExportedEvents,
  { actor, time }: { actor: string; time: string },
): Promise<Opening> {
  const id = randomId();
  const text = manifestText({
    organisation,
    ...(patient === undefined ? {} : { patient }),
    from: new Date(fromMs).toISOString(),
    until: new Date(untilMs).toISOString(),
    count: found.length,
    digest: exportDigest(found.map(({ event }) => event)),
    leftOut,
    actor,
    time,
  });
  const content = { text, sourceKey: 'audit' as const };
  await vault.commit({
    events: [{ id, kind: AUDIT_EXPORT_KIND, object: `export/${id}`, actor, time, content }],
  });
  const opening = await vault.opening(id);
  if (opening === undefined) throw new Error('an event that was committed has no opening');
  return opening;
}

async function exported(services: AuditRouteServices, asked: Asked, patient?: string): Promise<unknown> {
  const { now, proofs, policies } = services;
  const { principal, query, trail } = asked;
  const time = now();
  const period = periodIn(asked, patient, time.getTime());
  const events = await exportedEvents(services, period, {
    // Whoever is no staff asks for one patient, themself or an app of theirs, and is told of nobody else.
    isOwn: !isStaff(principal),
    // 45 CFR 164.528(a)(2): what is suspended is in an export only when a privacy officer asks for it so.
    isShown: query.suspended === 'shown' && isOfficer(principal),
    mayRead: readableFor(services, principal),
  });
  const act = { actor: principal.id, time: time.toISOString() };
  const all = [await manifestOf(services, period, events, act), ...events.found];
  const texts = await proofs.proofsFor(
    all.map(({ leaf }) => leaf),
    { waitMs: WAIT_MS },
  );
  if (texts === undefined)
    throw new AuditError('not-covered', 'No cosigned checkpoint covers the export yet: ask again.');
  for (const each of events.patients) trail.patients.push(each);
  const [manifest, ...items] = all.map((opening, at) => itemOf(opening, texts[at] ?? ''));
  if (manifest === undefined) throw new Error('an export has a manifest');
  return { text: formatAuditExport({ policies: policies(), manifest, items }) };
}

/** `GET /audit/export`: AuditEvents with their receipts and a manifest, for `holdfast verify`. One at a time. */
export function exportRoutes(services: AuditRouteServices): AuditedRoute[] {
  let isUnderWay = false;
  const work = async (asked: Asked): Promise<unknown> => {
    const patient = asked.query.patient === undefined ? undefined : patientIn(asked);
    if (patient === undefined) requireStaff(asked.principal);
    else requireOwnOrStaff(asked.principal, patient);
    // Each holds thousands of events in memory, and reads for seconds.
    if (isUnderWay)
      throw new AuditError('export-under-way', 'An export is being made: ask again when it is finished.');
    isUnderWay = true;
    try {
      return await exported(services, asked, patient);
    } finally {
      isUnderWay = false;
    }
  };
  return [{ method: 'GET', path: '/audit/export', name: 'audit-export', isText: true, work }];
}
