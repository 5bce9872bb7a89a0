import type { RecordStore } from '../record-store.ts';
import { type BrokenGlass, MAX_OPEN_MS } from './broken-glass.ts';

/** Glass that one person has open at a time, and that all people of another member have. */
const MAX_OPEN = 50; // a mass casualty event at one desk
/** Of those, the glass that people of another member have open for one patient. */
const MAX_OF_PATIENT = 20; // everybody who treats one patient within four hours
const PAGE = 500; // rows read at once at a start

/** Whose glass is open for whom. */
export type GlassPlace = Pick<BrokenGlass, 'holder' | 'patient' | 'member'>;

/** The same for the same place. */
export const placeKey = ({ holder, patient }: Pick<GlassPlace, 'holder' | 'patient'>): string =>
  `${holder}\n${patient}`;

/** The glass that is open now, by who has it open and for whom: decisions ask for it and cannot wait. */
export class OpenGlass {
  readonly #now: () => Date;
  readonly #open = new Map<string, BrokenGlass>();
  /** Glass that is being written down: it counts, and opens nothing. */
  readonly #reserved = new Set<GlassPlace>();

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
    const key = placeKey(glass);
    const known = this.#open.get(key);
    // The longer one counts, in whatever order they come.
    if (known === undefined || known.until < glass.until) this.#open.set(key, glass);
  }

  /** What a holder has open for a patient at this moment; undefined when nothing. */
  find(holder: string, patient: string): BrokenGlass | undefined {
    const glass = this.#open.get(placeKey({ holder, patient }));
    return glass === undefined || Date.parse(glass.until) <= this.#now().getTime() ? undefined : glass;
  }

  /**
   * Takes a place before anything is waited for, so that those who come at once are counted too; what it gives back frees it, once the
   * glass is added or could not be written down. Undefined when there is none.
   */
  reserve(place: GlassPlace): (() => void) | undefined {
    if (this.isFull(place)) return undefined;
    // An object of its own: the same place may be taken twice.
    const reserved = { ...place };
    this.#reserved.add(reserved);
    return () => void this.#reserved.delete(reserved);
  }

  /**
   * Whether no more may be opened for this patient: a person here has MAX_OPEN open; or all people of a member, whose word is all that is
   * known of them, have MAX_OPEN open, or MAX_OF_PATIENT for this patient.
   */
  isFull({ holder, patient, member }: GlassPlace): boolean {
    this.#forgetEnded();
    const taken = new Set<string>();
    const ofPatient = new Set<string>();
    for (const place of [...this.#open.values(), ...this.#reserved]) {
      if (member === undefined ? place.holder !== holder : place.member !== member) continue;
      taken.add(placeKey(place));
      if (place.patient === patient) ofPatient.add(placeKey(place));
    }
    return taken.size >= MAX_OPEN || ofPatient.size >= MAX_OF_PATIENT;
  }

  #forgetEnded(): void {
    const nowMs = this.#now().getTime();
    for (const [key, { until }] of this.#open) if (Date.parse(until) <= nowMs) this.#open.delete(key);
  }
}
