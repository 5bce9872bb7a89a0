import { randomId } from '../../crypto/index.ts';
import type { StoredVersion } from '../../vault/index.ts';
import { dayOrTime, objectIn, oneOf, optionalText, textIn } from '../body.ts';
import { AuditError } from '../errors.ts';
import type { RecordStore } from '../record-store.ts';
import { isDisclosure, patientsIn, recipientIn, type StoredEvent } from '../stored-event.ts';

/** A spoken statement suspends for no longer (45 CFR 164.528(a)(2)(ii)(C)). */
const ORAL_DAYS = 30;
const DAY_MS = 86_400_000; // 24 h
/** Suspensions that are held in memory; each is one agency's statement about one patient. */
const MAX_SUSPENSIONS = 10_000; // beyond this an organisation has another problem
const LOGICAL_ID = /^[A-Za-z0-9\-.]{1,64}$/;
const RECIPIENT_ID = /^[a-z0-9][a-z0-9-]{0,63}$/;

/**
 * The statement of a health oversight agency (164.512(d)) or law enforcement official (164.512(f)) that an accounting would
 * impede its activities: until it ends, the individual is told of no release to it (45 CFR 164.528(a)(2)).
 */
export interface Suspension {
  readonly id: string;
  readonly patient: string;
  /** Whose releases are kept back: a member organisation, or the id of a recipient recorded by hand. */
  readonly recipient: string;
  readonly authority: 'health-oversight' | 'law-enforcement';
  readonly statement: 'written' | 'oral';
  /** Who made the statement (164.528(a)(2)(ii)(A)). */
  readonly official: string;
  /** What they said of why. */
  readonly reason: string;
  readonly from: string;
  /** The end that a written statement specifies, or 30 days after a spoken one. */
  readonly until: string;
  readonly recordedBy: string;
  readonly lifted?: string;
}

/** Reads a request to suspend. Throws AuditError `malformed`. */
export function parseSuspension(body: unknown, now: Date, actor: string): Suspension {
  const given = objectIn(body, [
    'patient',
    'recipient',
    'authority',
    'statement',
    'official',
    'reason',
    'until',
  ]);
  const statement = oneOf(given, 'statement', ['written', 'oral'] as const);
  const limitMs = now.getTime() + ORAL_DAYS * DAY_MS;
  const hasEnd = optionalText(given, 'until') !== undefined;
  if (statement === 'written' && !hasEnd)
    throw new AuditError('malformed', '"until": a written statement specifies the time it is for.');
  const until = hasEnd ? dayOrTime(given, 'until') : new Date(limitMs);
  if (until.getTime() <= now.getTime())
    throw new AuditError('malformed', '"until" is over already: there is nothing to suspend.');
  if (statement === 'oral' && until.getTime() > limitMs)
    throw new AuditError(
      'malformed',
      '"until": a spoken statement suspends for at most 30 days; ask for it in writing.',
    );
  return {
    id: randomId(),
    patient: textIn(given, 'patient', LOGICAL_ID),
    recipient: textIn(given, 'recipient', RECIPIENT_ID),
    authority: oneOf(given, 'authority', ['health-oversight', 'law-enforcement'] as const),
    statement,
    official: textIn(given, 'official'),
    reason: textIn(given, 'reason'),
    from: now.toISOString(),
    until: until.toISOString(),
    recordedBy: actor,
  };
}

/** The suspensions of one organisation; what they hide is decided at each use, so that one ends by itself. */
export class Suspensions {
  readonly #store: RecordStore;
  readonly #now: () => Date;
  #standing: readonly Suspension[];

  constructor(store: RecordStore, now: () => Date) {
    this.#store = store;
    this.#now = now;
    this.#standing = this.all();
  }

  /** Every suspension that was ever recorded, newest first. */
  all(): readonly Suspension[] {
    return this.#store.list<Suspension>('suspension', { limit: MAX_SUSPENSIONS }).records;
  }

  /** Durable, and in force, when the call returns. */
  add(suspension: Suspension): void {
    this.#store.put('suspension', suspension.id, suspension, suspension.patient);
    this.#standing = this.all();
  }

  /** Ends one before its time. Throws AuditError `not-found`. */
  lift(id: string): Suspension {
    const found = this.#store.get<Suspension>('suspension', id);
    if (found === undefined) throw new AuditError('not-found', 'There is no such suspension.');
    const lifted = { ...found, lifted: found.lifted ?? this.#now().toISOString() };
    this.add(lifted);
    return lifted;
  }

  /** Whether an AuditEvent must not show to the individuals it is about: in no list, count, receipt or page. */
  hides(stored: StoredVersion): boolean {
    if (stored.type !== 'AuditEvent' || stored.text === undefined) return false;
    const nowMs = this.#now().getTime();
    const standing = this.#standing.filter(
      ({ lifted, until, patient }) =>
        lifted === undefined && Date.parse(until) > nowMs && stored.patients.includes(patient),
    );
    if (standing.length === 0) return false;
    const event = JSON.parse(stored.text) as StoredEvent;
    if (!isDisclosure(event)) return false;
    const recipient = recipientIn(event);
    const patients = patientsIn(event);
    return standing.some((each) => each.recipient === recipient && patients.includes(each.patient));
  }
}
