import type { ConsentRegister } from './consent-register.ts';
import { ConsentError } from './errors.ts';
import type { Step } from './step-store.ts';

/** Grants and replacements of one patient that are under way at once. */
const MAX_OF_PATIENT = 20; // more than somebody signs until a block comes; each is submitted again until it is final

/** Steps by which a patient permits something; a revocation is none of them. */
const GRANTING: ReadonlySet<Step['name']> = new Set(['grant', 'replace']);

/** One step of one consent. */
type StepKey = string;

const keyOf = ({ id, sequence }: Pick<Step, 'id' | 'sequence'>): StepKey => `${id}/${sequence}`;

/**
 * Grants and replacements that were accepted and that the ledger has not finished, by patient: nobody fills the queue before the ledger, in
 * which others wait as well. In memory, because the table of steps names no patient. A revocation is none of them, whatever waits.
 */
export class GrantsUnderWay {
  readonly #register: Pick<ConsentRegister, 'records' | 'steps'>;
  /** How many requests work on each step at present; of one that the ledger has not finished it may be none. */
  readonly #ofPatient = new Map<string, Map<StepKey, number>>();

  constructor(register: Pick<ConsentRegister, 'records' | 'steps'>) {
    this.#register = register;
  }

  /** Counts what was left pending, with nobody working on it; before anything is accepted. */
  async load(): Promise<void> {
    for (const { id, sequence, name, event } of this.#register.steps.all()) {
      if (!GRANTING.has(name)) continue;
      const record = event === undefined ? undefined : await this.#register.records.open(event);
      if (record?.role === 'custodian') this.#of(record.patient).set(keyOf({ id, sequence }), 0);
    }
  }

  /**
   * Does what accepts a step of a patient's consent. Throws ConsentError `too-many-grants` when too many of that patient's are under way
   * already; one that is under way may be said again.
   */
  async within<T>(patient: string, step: Pick<Step, 'id' | 'sequence'>, work: () => Promise<T>): Promise<T> {
    this.#dropFinished();
    const key = keyOf(step);
    const requests = this.#ofPatient.get(patient)?.get(key);
    if (requests === undefined && (this.#ofPatient.get(patient)?.size ?? 0) >= MAX_OF_PATIENT)
      throw new ConsentError(
        'too-many-grants',
        'The ledger has not finished as many grants of this patient as may wait for it: come again when it has.',
      );
    const own = this.#of(patient);
    own.set(key, (requests ?? 0) + 1);
    try {
      return await work();
    } finally {
      own.set(key, (own.get(key) ?? 1) - 1);
    }
  }

  #of(patient: string): Map<StepKey, number> {
    const own = this.#ofPatient.get(patient) ?? new Map<StepKey, number>();
    this.#ofPatient.set(patient, own);
    return own;
  }

  #dropFinished(): void {
    const pending = new Set<StepKey>();
    for (const step of this.#register.steps.all()) if (GRANTING.has(step.name)) pending.add(keyOf(step));
    for (const [patient, own] of this.#ofPatient) {
      for (const [key, requests] of own) if (requests === 0 && !pending.has(key)) own.delete(key);
      if (own.size === 0) this.#ofPatient.delete(patient);
    }
  }
}
