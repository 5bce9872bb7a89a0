import type { JsonObject } from '../proof/index.ts';
import { compileConsent } from './compile.ts';
import type { ConsentRegister } from './consent-register.ts';
import type { CompiledConsent } from './decision.ts';
import { ConsentError } from './errors.ts';
import { permitsNoMore } from './permits-no-more.ts';
import type { Step } from './step-store.ts';

/** Grants and replacements of one patient that are under way at once, for each of those who hand them in. */
const MAX_OF_SHARE = 20; // more than somebody signs until a block comes; each is submitted again until it is final

/** Steps by which a patient permits something; a revocation is none of them. */
const GRANTING: ReadonlySet<Step['name']> = new Set(['grant', 'replace']);

/** A grant or replacement as it is handed in. */
export interface GrantUnderWay extends Pick<Step, 'id' | 'sequence' | 'actor'> {
  /** Logical id of the patient. */
  readonly patient: string;
  /** The FHIR Consent, checked. */
  readonly consent: JsonObject;
}

/** One step of one consent. */
type StepKey = string;
/** One patient and one of those who hand in grants of them: nobody uses up another's places, the patient's least of all. An id has no space. */
type Share = string;

const keyOf = ({ id, sequence }: Pick<Step, 'id' | 'sequence'>): StepKey => `${id}/${sequence}`;
const shareOf = ({ patient, actor }: Pick<GrantUnderWay, 'patient' | 'actor'>): Share =>
  `${patient} ${actor}`;

/**
 * Grants and replacements that were accepted and that the ledger has not finished, by patient and by who handed them in: nobody fills the queue before the ledger, in
 * which others wait as well. In memory, because the table of steps names no patient. What permits no more than before is none of them,
 * whatever waits: revocations, denials, and replacements that narrow.
 */
export class GrantsUnderWay {
  readonly #register: Pick<ConsentRegister, 'records' | 'steps'>;
  /** How many requests work on each step at present; of one that the ledger has not finished it may be none. */
  readonly #shares = new Map<Share, Map<StepKey, number>>();

  constructor(register: Pick<ConsentRegister, 'records' | 'steps'>) {
    this.#register = register;
  }

  /** Counts what was left pending, with nobody working on it; before anything is accepted. */
  async load(): Promise<void> {
    for (const { id, sequence, name, event, actor } of this.#register.steps.all()) {
      if (!GRANTING.has(name)) continue;
      const record = event === undefined ? undefined : await this.#register.records.open(event);
      if (record?.role !== 'custodian') continue;
      const { patient, consent } = record;
      const grant = { id, sequence, actor, patient, consent };
      if (await this.#permitsMore(grant)) this.#of(shareOf(grant)).set(keyOf(grant), 0);
    }
  }

  /**
   * Does what accepts a step of a patient's consent. Throws ConsentError `too-many-grants` when it permits more than before, and too many such
   * by the same actor are under way already; one that is under way may be said again.
   */
  async within<T>(grant: GrantUnderWay, work: () => Promise<T>): Promise<T> {
    if (!(await this.#permitsMore(grant))) return work();
    this.#dropFinished();
    const key = keyOf(grant);
    const share = shareOf(grant);
    const requests = this.#shares.get(share)?.get(key);
    if (requests === undefined && (this.#shares.get(share)?.size ?? 0) >= MAX_OF_SHARE)
      throw new ConsentError(
        'too-many-grants',
        'As many grants of this patient as you may have waiting are not on the ledger yet: come again when they are.',
      );
    const own = this.#of(share);
    own.set(key, (requests ?? 0) + 1);
    try {
      return await work();
    } finally {
      own.set(key, (own.get(key) ?? 1) - 1);
    }
  }

  /** Compared with what was accepted last before it, which the ledger need not have yet. */
  async #permitsMore({ id, sequence, consent }: GrantUnderWay): Promise<boolean> {
    const { records, steps } = this.#register;
    const before = steps.of(id).findLast((step) => step.event !== undefined && step.sequence < sequence);
    const event = before?.event ?? records.eventOf(id);
    const record = event === undefined ? undefined : await records.open(event);
    const made = compiled(consent, id);
    const known = record?.role === 'custodian' ? compiled(record.consent, id) : undefined;
    return made === undefined || !permitsNoMore(made, known);
  }

  #of(share: Share): Map<StepKey, number> {
    const own = this.#shares.get(share) ?? new Map<StepKey, number>();
    this.#shares.set(share, own);
    return own;
  }

  #dropFinished(): void {
    const pending = new Set<StepKey>();
    for (const step of this.#register.steps.all()) if (GRANTING.has(step.name)) pending.add(keyOf(step));
    for (const [share, own] of this.#shares) {
      for (const [key, requests] of own) if (requests === 0 && !pending.has(key)) own.delete(key);
      if (own.size === 0) this.#shares.delete(share);
    }
  }
}

function compiled(consent: JsonObject, id: string): CompiledConsent | undefined {
  const outcome = compileConsent(consent, id, 'active');
  return 'consent' in outcome ? outcome.consent : undefined;
}
