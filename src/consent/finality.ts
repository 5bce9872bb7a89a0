import type { Committed, Transaction } from '../ledger/index.ts';
import type { ConsentRegister } from './consent-register.ts';
import { ConsentError } from './errors.ts';
import { createExclusive } from './exclusive.ts';
import { refusalOf } from './ledger-refusal.ts';
import type { Step } from './step-store.ts';

/** How long a request waits for the ledger before it is answered "pending": above a leader change, below a client's patience. */
const FINALITY_WAIT_MS = 5_000;
/** How long a final step waits to be seen by this node's own view, so that the next request decides by it. */
const VIEW_WAIT_MS = 5_000;
/** Pause between attempts at what is pending. */
const RETRY_MS = 2_000; // a recovered ledger is noticed within two seconds

/** What submitting steps needs. */
export interface FinalityOptions {
  readonly register: ConsentRegister;
  /** The projection's `submit`. */
  readonly submit: (transaction: Transaction) => Promise<Committed>;
  /** The projection's `reached`. */
  readonly reached: (height: number, timeoutMs: number) => Promise<boolean>;
  /** What a final step brings with it here: versions stored, anchors made. Taking the same step again changes nothing. */
  readonly finished: (step: Step) => Promise<void>;
  readonly now: () => Date;
  /** Told of faults that are ours; gets no health data. */
  readonly onFault: (error: unknown) => void;
  /** Milliseconds a request waits for the ledger; {@link FINALITY_WAIT_MS} when left out. */
  readonly waitMs?: number;
}

/** What came of an attempt that the ledger has finished. */
interface Attempted {
  readonly committed: Committed;
  /** Whether what it brings with it is here as well. */
  readonly isStored: boolean;
}

/** Brings accepted steps to the ledger: durable first, then submitted until final, whatever comes between. */
export class Finality {
  readonly #options: FinalityOptions;
  /** Steps of one consent go one after the other. */
  readonly #turns = createExclusive();
  /** So does what they bring with them: a turn ends with the request's patience, and an attempt with the ledger's answer. */
  readonly #storing = createExclusive();
  /** Revocations that stay although they were refused, so that each is reported once. */
  readonly #kept = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: FinalityOptions) {
    this.#options = options;
  }

  /** Waits until no other request or attempt works on the consent, then works alone. */
  alone<T>(id: string, work: () => Promise<T>): Promise<T> {
    return this.#turns.exclusively(id, work);
  }

  /**
   * Accepts a step and submits it; inside {@link alone}. Resolves with the commit, or undefined when the ledger has not finished, or what
   * the step brings cannot be stored here: it stays and is taken up again. Throws ConsentError when the ledger refuses for good; a revocation
   * that the patient signed stays all the same, and denies here, until this node sees the consent revoked. One for a reason of the
   * custodian's takes the next sequence where another step took its own.
   */
  async settle(step: Step): Promise<Committed | undefined> {
    this.#accept(step);
    return this.#inTime(this.#attemptInOrder(step));
  }

  /**
   * Accepts a revocation, which denies here at once and durably, whatever else is under way with the consent, and submits it in its turn;
   * outside of {@link alone}. Resolves and throws as {@link settle}; what it throws at once has changed nothing.
   */
  revoke(step: Step): Promise<Committed | undefined> {
    this.#accept(step);
    return this.#inTime(this.alone(step.id, () => this.#attemptInOrder(step)));
  }

  #accept(step: Step): void {
    const { register } = this.#options;
    if (!register.steps.put(step))
      throw new ConsentError(
        'sequence-conflict',
        'Another step with this sequence is on its way to the ledger; wait for it and decide again.',
      );
    if (step.name === 'revoke') register.deny(step.id);
  }

  async #inTime(attempt: Promise<Committed | undefined>): Promise<Committed | undefined> {
    const { register, waitMs = FINALITY_WAIT_MS } = this.#options;
    const timeout = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => timeout.resolve(undefined), waitMs);
    try {
      return await Promise.race([attempt, timeout.promise]);
    } finally {
      clearTimeout(timer);
      if (register.steps.all().length > 0) this.#retryLater();
    }
  }

  /** Earlier steps of the same consent that are still on their way to the ledger go first. One that is only missing here holds up none. */
  async #attemptInOrder(accepted: Step): Promise<Committed | undefined> {
    const { steps } = this.#options.register;
    // Another attempt may have given it another sequence meanwhile.
    const step = steps.of(accepted.id).find((each) => isSame(each, accepted)) ?? accepted;
    for (const earlier of steps.of(step.id)) {
      if (earlier.sequence >= step.sequence) break;
      try {
        if ((await this.#attempt(earlier)) === undefined) return undefined;
      } catch (error) {
        if (!(error instanceof ConsentError)) throw error;
      }
    }
    const attempted = await this.#attempt(step);
    return attempted?.isStored ? attempted.committed : undefined;
  }

  /** Undefined when the ledger has not finished. Throws ConsentError when it refuses for good. */
  async #attempt(step: Step): Promise<Attempted | undefined> {
    const { register, submit, now } = this.#options;
    const { id, name, args } = step;
    // A member whose clock runs ahead must not keep others from going on: a time is never before the consent's last.
    const time = [now().toISOString(), register.view.state(id)?.time ?? ''].sort().at(-1) ?? '';
    let committed: Committed;
    try {
      // What a revocation waits for is as urgent as it.
      const first = register.steps.isRevoking(id) ? { urgency: 'revocation' as const } : {};
      committed = await submit({ contract: 'consent', name, args, time, ...first });
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) return undefined;
      const later = refusal.code === 'sequence-conflict' ? this.#comeAfter(step) : undefined;
      if (later !== undefined) return later.sequence === step.sequence ? undefined : this.#attempt(later);
      if (this.#mustStay(step)) this.#reportKept(step, refusal);
      else register.steps.remove(step);
      await register.refresh(id);
      throw refusal;
    }
    try {
      return { committed, isStored: await this.#finish(step, committed) };
    } catch (error) {
      // The ledger has it: no failure of this node's may answer otherwise. What is missing here is made up for later.
      this.#options.onFault(error);
      return { committed, isStored: false };
    }
  }

  async #finish(step: Step, { height }: Committed): Promise<boolean> {
    const { register, reached } = this.#options;
    if (!(await this.#storing.exclusively(step.id, () => this.#store(step)))) return false;
    await reached(height, VIEW_WAIT_MS);
    if (!this.#mustStay(step)) register.steps.remove(step);
    await register.refresh(step.id);
    return true;
  }

  /** What is stored here follows the ledger's order, each once. False while a content that comes before it is missing. */
  async #store(step: Step): Promise<boolean> {
    const pending = this.#options.register.steps.of(step.id);
    // Of attempts side by side, another one has finished it, and later ones perhaps.
    if (!pending.some(({ name, sequence }) => name === step.name && sequence === step.sequence)) return true;
    if (pending.some(({ event, sequence }) => event !== undefined && sequence < step.sequence)) return false;
    await this.#options.finished(step);
    return true;
  }

  /**
   * The custodian's reason binds no sequence, as a signature does (FORMATS §5): its revocation comes after whatever the ledger has by now, or
   * never had, and denies all the while. The same step when this node has not seen yet what took its place.
   */
  #comeAfter(step: Step): Step | undefined {
    if (step.name !== 'revoke' || step.args.signature !== undefined) return undefined;
    const { view, steps } = this.#options.register;
    const next = (view.state(step.id)?.sequence ?? 0) + 1;
    return next === step.sequence ? step : steps.moveRevocation(step, next);
  }

  /** No answer, whoever gave it, makes active again what the patient has ended: only the blocks seen here say that it is done. */
  #mustStay({ id, name, args }: Step): boolean {
    if (name !== 'revoke' || args.signature === undefined) return false;
    return this.#options.register.view.state(id)?.status !== 'revoked';
  }

  #reportKept({ id, sequence }: Step, refusal: ConsentError): void {
    const kept = `${id}/${sequence}`;
    if (this.#kept.has(kept)) return;
    this.#kept.add(kept);
    this.#options.onFault(refusal);
  }

  /** Submits everything that is pending once more, revocations first; what still cannot be finished stays. Resolves when all were tried. */
  async retry(): Promise<void> {
    const { register } = this.#options;
    const revoking = new Set(register.pendingDenials);
    // Side by side: one that waits for its peers holds up no other. The ledger's client bounds how many are under way.
    await Promise.all([...revoking].map((id) => this.#retryConsent(id)));
    const others = new Set(register.steps.all().map(({ id }) => id));
    for (const id of others) if (!revoking.has(id)) await this.#retryConsent(id);
    if (register.steps.all().length > 0) this.#retryLater();
  }

  async #retryConsent(id: string): Promise<void> {
    for (const step of this.#options.register.steps.of(id)) {
      try {
        await this.alone(id, () => this.#attemptInOrder(step));
      } catch (error) {
        // Refused for good, after the client was told "pending": the ledger has another step in its place, or it was reported.
        if (!(error instanceof ConsentError)) this.#options.onFault(error);
      }
    }
  }

  /** Ends the attempts; what is pending waits for the next start. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #retryLater(): void {
    if (this.#isStopped || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.retry().catch(this.#options.onFault);
    }, RETRY_MS);
    this.#timer.unref();
  }
}

/** Whether it is the same step: of a revocation by the custodian there is one. */
function isSame(a: Step, b: Step): boolean {
  const isCustodians = ({ name, args }: Step) => name === 'revoke' && args.signature === undefined;
  return a.name === b.name && (a.sequence === b.sequence || (isCustodians(a) && isCustodians(b)));
}
