import type { JsonObject } from '../proof/index.ts';
import { compileConsent } from './compile.ts';
import type { ConsentRegister } from './consent-register.ts';
import { ConsentError } from './errors.ts';
import type { Provision } from './provision.ts';
import type { Step } from './step-store.ts';

/**
 * Grants and replacements of one patient that are under way at once, for each of those who hand them in: more than somebody signs until a
 * block comes; each is submitted again until it is final. What permits nothing has places of its own, and more: a patient
 * who denies one after the other what was ever given is not to be told to come again.
 */
const MOST = { permitting: 20, denying: 100 } as const;

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
/** One patient, what the grants do, and one of those who hand in grants of them: nobody uses up another's places, the patient's least of all. An id has no space. */
type Share = string;

const keyOf = ({ id, sequence }: Pick<Step, 'id' | 'sequence'>): StepKey => `${id}/${sequence}`;
type Kind = keyof typeof MOST;
const kindOf = ({ id, consent }: GrantUnderWay): Kind => {
  const outcome = compileConsent(consent, id, 'active');
  return 'consent' in outcome && !permits(outcome.consent.provision) ? 'denying' : 'permitting';
};
const shareOf = ({ patient, actor }: GrantUnderWay, kind: Kind): Share => `${patient} ${kind} ${actor}`;

/** Whether a provision or an exception in it permits. */
function permits({ effect, exceptions }: Provision): boolean {
  return effect === 'permit' || exceptions.some(permits);
}

/**
 * Grants and replacements that were accepted and that the ledger has not finished, by patient and by who handed them in: nobody fills the queue before the ledger, in
 * which others wait as well. In memory, because the table of steps names no patient. Revocations are none of them,
 * whatever waits.
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
      this.#of(shareOf(grant, kindOf(grant))).set(keyOf(grant), 0);
    }
  }

  /**
   * Does what accepts a step of a patient's consent. Throws ConsentError `too-many-grants` when too many of its kind by the same actor are
   * under way already; one that is under way may be said again.
   */
  async within<T>(grant: GrantUnderWay, work: () => Promise<T>): Promise<T> {
    this.#dropFinished();
    const key = keyOf(grant);
    const kind = kindOf(grant);
    const share = shareOf(grant, kind);
    const requests = this.#shares.get(share)?.get(key);
    if (requests === undefined && (this.#shares.get(share)?.size ?? 0) >= MOST[kind])
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
