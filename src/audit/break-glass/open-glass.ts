import type { RecordStore } from '../record-store.ts';
import { type BrokenGlass, MAX_OPEN_MS } from './broken-glass.ts';

/** Glass that one person has open at a time, and that all people of another member have. */
const MAX_OPEN = 50; // a mass casualty event at one desk
/** Of those, the glass that people of another member have open for one patient. */
const MAX_OF_PATIENT = 20; // everybody who treats one patient within four hours
const PAGE = 500; // rows read at once at a start

const keyOf = (holder: string, patient: string): string => `${holder}\n${patient}`;

/** The glass that is open now, by who has it open and for whom: decisions ask for it and cannot wait. */
export class OpenGlass {
  readonly #now: () => Date;
  readonly #open = new Map<string, BrokenGlass>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** What is still open of what the store holds, as far as the log has it: without its entry nothing opens. */
  static async load(
    store: RecordStore,
    isLogged: (glass: BrokenGlass) => Promise<boolean>,
    now: () => Date,
  ): Promise<OpenGlass> {
    const open = new OpenGlass(now);
    const nowMs = now().getTime();
    let before: number | undefined;
    do {
      const page = store.list<BrokenGlass>('break-glass', {
        limit: PAGE,
        ...(before === undefined ? {} : { before }),
      });
      for (const glass of page.records)
        if (Date.parse(glass.until) > nowMs && (await isLogged(glass))) open.add(glass);
      const last = page.records.at(-1);
      const isOlder = last !== undefined && Date.parse(last.opened) < nowMs - MAX_OPEN_MS;
      before = isOlder ? undefined : page.next;
    } while (before !== undefined);
    return open;
  }

  /** Opens for its holder. */
  add(glass: BrokenGlass): void {
    const { holder, patient } = glass;
    const known = this.#open.get(keyOf(holder, patient));
    // The longer one counts, in whatever order they come.
    if (known === undefined || known.until < glass.until) this.#open.set(keyOf(holder, patient), glass);
  }

  /** What a holder has open for a patient at this moment; undefined when nothing. */
  find(holder: string, patient: string): BrokenGlass | undefined {
    const glass = this.#open.get(keyOf(holder, patient));
    return glass === undefined || Date.parse(glass.until) <= this.#now().getTime() ? undefined : glass;
  }

  /**
   * Whether a person here has as much open as anybody may, so that none for this patient is added; a member, whose word is all that is
   * known of its people, in all.
   */
  isFull(holder: string, patient: string, member?: string): boolean {
    this.#forgetEnded();
    let count = 0;
    let ofPatient = 0;
    for (const glass of this.#open.values()) {
      if (member === undefined ? glass.holder !== holder : glass.member !== member) continue;
      count += 1;
      if (glass.patient === patient) ofPatient += 1;
    }
    return count >= MAX_OPEN || ofPatient >= MAX_OF_PATIENT;
  }

  #forgetEnded(): void {
    const nowMs = this.#now().getTime();
    for (const [key, { until }] of this.#open) if (Date.parse(until) <= nowMs) this.#open.delete(key);
  }
}
