import { randomId } from '../../crypto/index.ts';
import { DatabaseError } from '../../database/index.ts';
import { isRepresentative } from '../../identity/index.ts';
import { type FollowedAudit, type Vault, VaultError } from '../../vault/index.ts';
import { AuditError } from '../errors.ts';
import type { RecordPage, RecordStore } from '../record-store.ts';
import { idIn, isDisclosure, type StoredEvent } from '../stored-event.ts';
import { type PatientFacts, patientFacts, personFacts } from './person.ts';
import {
  type Activity,
  type Finding,
  type FlagRule,
  findingsOf,
  IDENTITY_GUESSED,
  NO_ACTIVITY,
  withHour,
  withPatient,
} from './rules.ts';

/** Patients of one access that are looked at. */
const MAX_PATIENTS = 50; // a page of a search; a longer one is met by the rule on volume

const PASSING: readonly VaultError['code'][] = ['busy', 'full', 'not-ready', 'unavailable'];

/** An access that a rule was met by. */
export interface Flag {
  readonly id: string;
  readonly rule: FlagRule;
  readonly reason: string;
  /** Reference of who looked, or id of the member that asked. */
  readonly agent: string;
  readonly patient: string;
  /** The AuditEvent. */
  readonly event: string;
  readonly time: string;
  readonly review?: {
    readonly outcome: 'justified' | 'violation';
    readonly note: string;
    readonly reviewer: string;
    readonly at: string;
  };
}

/** A patient that the privacy officer watches over, and why. */
export interface Watch {
  readonly patient: string;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

/** Flags accesses of the organisation's own people, after the fact: nobody is kept from care by a rule of thumb. */
export class Flagging {
  readonly #vault: Pick<Vault, 'read' | 'search'>;
  readonly #store: RecordStore;
  readonly #now: () => Date;
  readonly #onFault: (error: unknown) => void;

  constructor(
    vault: Pick<Vault, 'read' | 'search'>,
    store: RecordStore,
    { now, onFault }: { now: () => Date; onFault: (error: unknown) => void },
  ) {
    this.#vault = vault;
    this.#store = store;
    this.#now = now;
    this.#onFault = onFault;
  }

  /**
   * Looks at accesses in their order. Can be repeated: an access is flagged by a rule once. What a record that nobody foresaw
   * throws is reported and passed over, or it would stop the flags of everybody; throws what may be otherwise when repeated.
   */
  async look(audits: readonly FollowedAudit[]): Promise<void> {
    for (const { audit } of audits) {
      for (const patient of audit.patients.slice(0, MAX_PATIENTS)) {
        try {
          await this.#lookAt(JSON.parse(audit.text) as StoredEvent, patient);
        } catch (error) {
          if (isPassing(error)) throw error;
          this.#onFault(error);
        }
      }
    }
  }

  /** Flags, newest first. */
  list(query: { patient?: string; before?: number; limit: number }): RecordPage<Flag> {
    const { patient, before, limit } = query;
    return this.#store.list<Flag>('flag', {
      ...(patient === undefined ? {} : { owner: patient }),
      ...(before === undefined ? {} : { before }),
      limit,
    });
  }

  /** Notes what came of looking into a flag. Throws AuditError `not-found` or `out-of-order`. */
  review(id: string, review: { outcome: 'justified' | 'violation'; note: string; reviewer: string }): Flag {
    const flag = this.#store.get<Flag>('flag', id);
    if (flag === undefined) throw new AuditError('not-found', 'There is no such flag.');
    if (flag.review !== undefined) throw new AuditError('out-of-order', 'This flag was reviewed already.');
    const reviewed = { ...flag, review: { ...review, at: this.#now().toISOString() } };
    this.#store.put('flag', id, reviewed, flag.patient);
    return reviewed;
  }

  /** Watches over a patient from now on. */
  watch(patient: string, reason: string, by: string): Watch {
    const watch = { patient, reason, by, at: this.#now().toISOString() };
    this.#store.put('watch', this.#store.blind(patient), watch, patient);
    return watch;
  }

  /** Ends watching. Throws AuditError `not-found`. */
  unwatch(patient: string): void {
    if (!this.#store.remove('watch', this.#store.blind(patient)))
      throw new AuditError('not-found', 'This patient is not watched over.');
  }

  async #lookAt(event: StoredEvent, patient: string): Promise<void> {
    if (event.outcomeDesc === IDENTITY_GUESSED) {
      const reason = 'Asked for in an emergency with one wrong day of birth after another, and refused.';
      this.#flag(event, { agent: askerIn(event), patient }, { rule: IDENTITY_GUESSED, reason });
      return;
    }
    const agent = staffIn(event);
    if (agent === undefined || event.outcome !== '0' || isDisclosure(event)) return;
    const time = new Date(event.recorded);
    const place = this.#store.blind(agent);
    const before = this.#store.get<Activity>('activity', place) ?? NO_ACTIVITY;
    const activity = withPatient(before, time, this.#store.blind(patient));
    const watch = this.#store.get<Watch>('watch', this.#store.blind(patient));
    const { facts, isStaff, label }: PatientFacts = await patientFacts(this.#vault, patient);
    const findings = findingsOf({
      time,
      watched: watch?.reason ?? label,
      isStaff,
      patient: facts,
      agent: await personFacts(this.#vault, agent),
      activity,
    });
    for (const finding of findings) this.#flag(event, { agent, patient }, finding);
    this.#store.put('activity', place, withHour(activity, time));
  }

  /** One flag a day for the same agent, patient and rule; unusual volume and hour are about the agent alone. */
  #flag(
    { id: event, recorded }: StoredEvent,
    { agent, patient }: Pick<Flag, 'agent' | 'patient'>,
    { rule, reason }: Finding,
  ): void {
    const about = rule.startsWith('unusual') ? '' : patient;
    const once = this.#store.blind([agent, about, recorded.slice(0, 10), rule].join('\n'));
    if (this.#store.get('flag-once', once) !== undefined) return;
    const id = randomId();
    const flag: Flag = { id, rule, reason, agent, patient, event, time: recorded };
    this.#store.put('flag', id, flag, patient);
    this.#store.put('flag-once', once, id);
  }
}

/** Whether a failure is of the storage as a whole, and passes: the same access must come again. */
function isPassing(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.code !== 'corrupt';
  return error instanceof VaultError && PASSING.includes(error.code);
}

/** Who asked, as the event has them. */
function askerIn({ agent }: StoredEvent): string {
  return agent.find(({ requestor }) => requestor)?.who?.identifier?.value ?? 'unknown';
}

/** The person of this organisation who asked; undefined when it was a patient, who asks for one, a program or another organisation. */
function staffIn({ agent }: StoredEvent): string | undefined {
  const who = agent.find(({ requestor }) => requestor)?.who;
  const { reference } = who ?? {};
  // That a parent has the child's name and address is no reason to look twice.
  const isStaff =
    reference !== undefined && idIn(who, 'Patient').length === 0 && !isRepresentative(reference);
  return isStaff ? reference : undefined;
}
