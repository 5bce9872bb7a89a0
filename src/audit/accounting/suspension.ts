import { randomId } from '../../crypto/index.ts';
import type { StoredVersion } from '../../vault/index.ts';
import { dayOrTime, logicalIdIn, objectIn, oneOf, optionalText, textIn } from '../body.ts';
import { AuditError } from '../errors.ts';
import type { RecordStore } from '../record-store.ts';
import { isDisclosure, patientsIn, recipientIn, type StoredEvent } from '../stored-event.ts';

/** A spoken statement suspends for no longer (45 CFR 164.528(a)(2)(ii)(C)). */
const ORAL_DAYS = 30;
const DAY_MS = 86_400_000; // 24 h
/** Suspensions that stand at once, and are held in memory; each is one agency's statement about one patient. */
const MAX_STANDING = 10_000; // beyond this an organisation has another problem
/** Suspensions, standing or ended, that are listed. */
const MAX_LISTED = 10_000; // decades of them
/** Rows that are opened together at the start. */
const CHUNK = 1_000; // some 500 KB
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
    patient: logicalIdIn(given, 'patient'),
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
  readonly #maxStanding: number;
  #standing: readonly Suspension[];

  constructor(store: RecordStore, now: () => Date, { maxStanding = MAX_STANDING } = {}) {
    this.#store = store;
    this.#now = now;
    this.#maxStanding = maxStanding;
    this.#standing = this.#readStanding();
  }

  /** Suspensions that were recorded, newest first, ended ones too; the newest 10,000. */
  all(): readonly Suspension[] {
    return this.#store.list<Suspension>('suspension', { limit: MAX_LISTED }).records;
  }

  /** Durable, and in force, when the call returns. Throws AuditError `too-large` when too many stand already. */
  add(suspension: Suspension): void {
    const standing = this.#standing.filter((each) => this.#stands(each));
    if (standing.length >= this.#maxStanding)
      throw new AuditError(
        'too-large',
        `${this.#maxStanding} suspensions stand already: end those that may.`,
      );
    this.#store.put('suspension', suspension.id, suspension, suspension.patient);
    this.#standing = [suspension, ...standing];
  }

  /** Ends one before its time. Throws AuditError `not-found`. */
  lift(id: string): Suspension {
    const found = this.#store.get<Suspension>('suspension', id);
    if (found === undefined) throw new AuditError('not-found', 'There is no such suspension.');
    const lifted = { ...found, lifted: found.lifted ?? this.#now().toISOString() };
    this.#store.put('suspension', id, lifted, lifted.patient);
    this.#standing = this.#standing.filter((each) => each.id !== id);
    return lifted;
  }

  /** Whether an AuditEvent must not show to the individuals it is about: in no list, count, receipt or page. */
  hides(stored: StoredVersion): boolean {
    if (stored.recorded !== true || stored.text === undefined) return false;
    const standing = this.#standing.filter(
      (each) => stored.patients.includes(each.patient) && this.#stands(each),
    );
    if (standing.length === 0) return false;
    const event = JSON.parse(stored.text) as StoredEvent;
    if (!isDisclosure(event)) return false;
    const recipient = recipientIn(event);
    const patients = patientsIn(event);
    return standing.some((each) => each.recipient === recipient && patients.includes(each.patient));
  }

  #stands({ lifted, until }: Suspension): boolean {
    return lifted === undefined && Date.parse(until) > this.#now().getTime();
  }

  /** Every one that stands, however many have ended since: one that is left out would let the individual see what it hides. */
  #readStanding(): readonly Suspension[] {
    const standing: Suspension[] = [];
    let before: number | undefined;
    do {
      const page = this.#store.list<Suspension>('suspension', {
        ...(before === undefined ? {} : { before }),
        limit: CHUNK,
      });
      standing.push(...page.records.filter((each) => this.#stands(each)));
      before = page.next;
    } while (before !== undefined);
    return standing;
  }
}
