import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Opening, StoredVersion } from '../../vault/index.ts';
import type { AuditRouteServices } from '../audit-services.ts';
import { AuditError } from '../errors.ts';
import { type Period, searchFor } from './period.ts';

/** How much one export may hold and look at. */
export interface ExportLimits {
  readonly events: number;
  /** Events looked at, shown or not. */
  readonly scanned: number;
  /** Patients that its own entry in the trail names. */
  readonly patients: number;
}

const LIMITS: ExportLimits = {
  events: 10_000, // some 30 MB: as much as is mailed around
  scanned: 100_000, // some ten seconds of reading, with others served in between
  patients: 10_000, // one for each event; the entry is some 2 MB
};
/** Events read at a time, so that others are served in between. */
const CHUNK = 500; // some 50 ms

/** Who asks, as far as it decides what is shown. */
export interface ExportAsker {
  /** Whether it is for one patient: what names others too is left out. */
  readonly isOwn: boolean;
  /** Whether what is suspended is shown. */
  readonly isShown: boolean;
  readonly mayRead: (event: StoredVersion) => boolean;
}

/** What an export shows. */
export interface ExportedEvents {
  readonly found: readonly Opening[];
  /** How many events were left out because they name other patients too. */
  readonly leftOut: number;
  /** Logical ids of the patients that the trail is to name: everybody shown, but nobody of whom something suspended was. */
  readonly patients: readonly string[];
}

/** The events asked for, with what opens their entries. Throws AuditError `too-large` past a limit. */
export async function exportedEvents(
  { vault, suspensions }: Pick<AuditRouteServices, 'vault' | 'suspensions'>,
  period: Period,
  { isOwn, isShown, mayRead }: ExportAsker,
  limits: ExportLimits = LIMITS,
): Promise<ExportedEvents> {
  const search = searchFor(period);
  const found: Opening[] = [];
  const patients = new Set<string>();
  // The trail is the individual's to read: it must not tell that there was more to be shown than they are told of.
  const silent = new Set<string>();
  let leftOut = 0;
  let scanned = 0;
  let cursor: string | undefined;
  do {
    const page = await vault.search({ search, limit: CHUNK, cursor });
    scanned += page.hits.length;
    requireWithin(scanned, limits.scanned, 'events to look through');
    for (const { id } of page.hits) {
      const stored = await vault.read('AuditEvent', id);
      // An imported AuditEvent is a record: it proves what somebody else said.
      if (stored?.recorded !== true) continue;
      const isSuspended = suspensions.hides(stored);
      if ((isSuspended && !isShown) || !mayRead(stored)) continue;
      if (isOwn && stored.patients.length > 1) {
        leftOut += 1;
        continue;
      }
      const opening = await vault.opening(`AuditEvent/${id}/_history/1`);
      if (opening === undefined) continue;
      found.push({ ...opening, ...(stored.text === undefined ? {} : { content: stored.text }) });
      for (const patient of stored.patients) (isSuspended ? silent : patients).add(patient);
      requireWithin(found.length, limits.events, 'events');
      requireWithin(patients.size, limits.patients, 'patients');
    }
    cursor = page.next;
    await nextTurn();
  } while (cursor !== undefined);
  return { found, leftOut, patients: [...patients.difference(silent)] };
}

function requireWithin(count: number, limit: number, what: string): void {
  if (count > limit)
    throw new AuditError(
      'too-large',
      `More than ${limit} ${what}: ask for a shorter period, or one patient.`,
    );
}
