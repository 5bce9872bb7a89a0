import { randomId } from '../../crypto/index.ts';
import {
  AUDIT_EXPORT_KIND,
  type BundleItem,
  exportDigest,
  formatAuditExport,
  manifestText,
  toBase64,
} from '../../proof/index.ts';
import type { Filter } from '../../r4/index.ts';
import type { Opening } from '../../vault/index.ts';
import { isOfficer, requireOwnOrStaff, requireStaff } from '../asker.ts';
import type { AuditRouteServices } from '../audit-services.ts';
import { type Asked, type AuditedRoute, dayIn, patientIn } from '../audited-route.ts';
import { AuditError } from '../errors.ts';

/** Events of one export. */
const MAX_EVENTS = 10_000; // some 30 MB: as much as is mailed around
/** Events read at a time, so that others are served in between. */
const CHUNK = 500;
/** How long an export waits for a checkpoint that covers it. */
const WAIT_MS = 5_000; // five publishing ticks
const DAY_MS = 86_400_000; // 24 h
/** Where a period begins when nothing is said: six years of documentation (45 CFR 164.316(b)(2)(i)). */
const DEFAULT_DAYS = 6 * 366;

interface Period {
  readonly patient: string | undefined;
  readonly fromMs: number;
  /** Exclusive. */
  readonly untilMs: number;
}

function filtersOf({ patient, fromMs, untilMs }: Period): Filter[] {
  const at = (prefix: 'ge' | 'lt', ms: number): Filter => ({
    kind: 'date',
    param: 'date',
    hidden: false,
    values: [{ prefix, low: ms, high: ms, text: new Date(ms).toISOString() }],
  });
  const own: Filter[] =
    patient === undefined
      ? []
      : [{ kind: 'reference', param: 'patient', values: [{ by: 'id', types: ['Patient'], id: patient }] }];
  return [...own, at('ge', fromMs), at('lt', untilMs)];
}

/** What opens the entries of the events asked for, and how many name other patients too. */
async function openings(
  { vault, suspensions }: AuditRouteServices,
  period: Period,
  { isOwn, isShown }: { isOwn: boolean; isShown: boolean },
): Promise<{ found: Opening[]; leftOut: number }> {
  const search = { type: 'AuditEvent', filters: filtersOf(period), includes: [], revIncludes: [], sort: [] };
  const found: Opening[] = [];
  let leftOut = 0;
  let cursor: string | undefined;
  do {
    const page = await vault.search({ search, limit: CHUNK, cursor });
    for (const { id } of page.hits) {
      const stored = await vault.read('AuditEvent', id);
      if (stored === undefined || (!isShown && suspensions.hides(stored))) continue;
      if (isOwn && stored.patients.length > 1) {
        leftOut += 1;
        continue;
      }
      const opening = await vault.opening(`AuditEvent/${id}/_history/1`);
      if (opening !== undefined)
        found.push({ ...opening, ...(stored.text === undefined ? {} : { content: stored.text }) });
      if (found.length > MAX_EVENTS)
        throw new AuditError('too-large', `More than ${MAX_EVENTS} events: ask for a shorter period.`);
    }
    cursor = page.next;
    await new Promise((resolve) => setImmediate(resolve));
  } while (cursor !== undefined);
  return { found, leftOut };
}

function itemOf(opening: Opening, proof: string): BundleItem {
  const { event, salt, contentSalt, content } = opening;
  const sealed = contentSalt === undefined ? {} : { contentSalt: toBase64(contentSalt) };
  const receipt = { version: 1 as const, event, salt: toBase64(salt), ...sealed, proof };
  return content === undefined ? { receipt } : { receipt, content };
}

async function exported(services: AuditRouteServices, asked: Asked): Promise<unknown> {
  const { vault, organisation, now, proofs, policies } = services;
  const { principal, query, trail } = asked;
  const patient = query.patient === undefined ? undefined : patientIn(asked);
  if (patient === undefined) requireStaff(principal);
  else requireOwnOrStaff(principal, patient);
  const nowMs = now().getTime();
  const untilDay = dayIn(asked, 'until');
  const period = {
    patient,
    fromMs: dayIn(asked, 'from') ?? nowMs - DEFAULT_DAYS * DAY_MS,
    untilMs: untilDay === undefined ? nowMs : untilDay + DAY_MS,
  };
  const isOwn = patient !== undefined && principal.kind === 'patient';
  // 45 CFR 164.528(a)(2): what is suspended is in an export only when a privacy officer asks for it so.
  const isShown = query.suspended === 'shown' && isOfficer(principal);
  const { found, leftOut } = await openings(services, period, { isOwn, isShown });
  const id = randomId();
  const time = new Date(nowMs).toISOString();
  const content = manifestText({
    organisation,
    ...(patient === undefined ? {} : { patient }),
    from: new Date(period.fromMs).toISOString(),
    until: new Date(period.untilMs).toISOString(),
    count: found.length,
    digest: exportDigest(found.map(({ event }) => event)),
    leftOut,
    actor: principal.id,
    time,
  });
  const object = `export/${id}`;
  const kept = { text: content, sourceKey: 'audit' as const };
  await vault.commit({
    events: [{ id, kind: AUDIT_EXPORT_KIND, object, actor: principal.id, time, content: kept }],
  });
  const own = await vault.opening(id);
  if (own === undefined) throw new Error('an event that was committed has no opening');
  const all = [own, ...found];
  const texts = await proofs.proofsFor(
    all.map(({ leaf }) => leaf),
    { waitMs: WAIT_MS },
  );
  if (texts === undefined)
    throw new AuditError('not-covered', 'No cosigned checkpoint covers the export yet: ask again.');
  if (patient !== undefined && found.length > 0 && !isShown) trail.patients.push(patient);
  const [manifest, ...items] = all.map((opening, at) => itemOf(opening, texts[at] ?? ''));
  if (manifest === undefined) throw new Error('an export has a manifest');
  return { text: formatAuditExport({ policies: policies(), manifest, items }) };
}

/** `GET /audit/export`: AuditEvents with their receipts and a manifest, for `holdfast verify`. */
export function exportRoutes(services: AuditRouteServices): AuditedRoute[] {
  return [
    {
      method: 'GET',
      path: '/audit/export',
      name: 'audit-export',
      isText: true,
      work: (asked) => exported(services, asked),
    },
  ];
}
