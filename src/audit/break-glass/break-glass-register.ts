import type { EmergencyReason } from '../../consent/index.ts';
import { randomId } from '../../crypto/index.ts';
import type { Principal } from '../../identity/index.ts';
import { canonicalize, type JsonObject } from '../../proof/index.ts';
import type { Vault } from '../../vault/index.ts';
import { accessEvent } from '../access-event.ts';
import { AuditError } from '../errors.ts';
import type { RecordStore } from '../record-store.ts';
import type {
  Breaker,
  BreakGlassFacts,
  BreakGlassReview,
  BrokenGlass,
  ListedBreakGlass,
} from './broken-glass.ts';
import { noticeOf } from './notice.ts';
import { OpenGlass, placeKey } from './open-glass.ts';

/** Kind of the log entries that broken glass and its review leave. */
const EVENT_KIND = 'break-glass';

/** What the register of one organisation is composed of. */
export interface BreakGlassOptions {
  readonly organisation: { readonly id: string; readonly name: string };
  /** Name of who makes disclosures here (42 CFR 2.51(c)(2)); where nobody is named, that it was done without anybody. */
  readonly responsible: string | undefined;
  readonly vault: Pick<Vault, 'commit' | 'opening' | 'read'>;
  readonly store: RecordStore;
  /** Whether the view of the ledger is older than it may be. */
  readonly isStale: () => boolean;
  readonly now: () => Date;
}

/** Somebody who breaks the glass. */
export interface Breaking {
  readonly patient: string;
  readonly reason: EmergencyReason;
  readonly text: string;
  readonly until: Date;
  readonly holder: string;
  /** The member that asks with it; absent for the organisation's own people. */
  readonly member?: string;
  readonly breaker: Breaker;
  /** Who asks, for the AuditEvent. */
  readonly principal: Principal;
  readonly requestId: string;
}

/**
 * Broken glass of one organisation. It opens only when it is on disk: who, why, for whom and until when, the AuditEvent, and what the
 * patient is told, in one commit. It needs no ledger: the log is anchored when the ledger is back.
 */
export class BreakGlassRegister {
  readonly #options: BreakGlassOptions;
  readonly #open: OpenGlass;
  /** Emergencies of members that are being written down. */
  readonly #underWay = new Map<string, Promise<BrokenGlass>>();

  private constructor(options: BreakGlassOptions, open: OpenGlass) {
    this.#options = options;
    this.#open = open;
  }

  /** The register with what is still open from before. */
  static async load(options: BreakGlassOptions): Promise<BreakGlassRegister> {
    const { store, vault, now } = options;
    const isLogged = async ({ events }: BrokenGlass) => (await vault.opening(events[0] ?? '')) !== undefined;
    return new BreakGlassRegister(options, await OpenGlass.load(store, isLogged, now));
  }

  /** What somebody has open for a patient now; undefined when nothing. */
  openFor(holder: string, patient: string): BrokenGlass | undefined {
    return this.#open.find(holder, patient);
  }

  /**
   * Breaks the glass. What a member's id of an emergency stands for is one glass, also when it is asked with twice at once. Throws
   * AuditError `not-found` for a patient who is not here, `too-many-open`.
   */
  break(breaking: Breaking): Promise<BrokenGlass> {
    if (breaking.member === undefined) return this.#breakInPlace(breaking);
    const key = placeKey(breaking);
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    const work = this.#breakInPlace(breaking).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, work);
    return work;
  }

  async #breakInPlace(breaking: Breaking): Promise<BrokenGlass> {
    const stored = await this.#options.vault.read('Patient', breaking.patient);
    if (stored?.text === undefined) throw new AuditError('not-found', 'There is no such patient.');
    const free = this.#open.reserve(breaking);
    if (free === undefined)
      throw new AuditError(
        'too-many-open',
        'You have too many records open in emergencies: wait until one ends.',
      );
    try {
      return await this.#writeDown(breaking);
    } finally {
      free();
    }
  }

  async #writeDown(breaking: Breaking): Promise<BrokenGlass> {
    const { vault, store, organisation, responsible, isStale, now } = this.#options;
    const { patient, reason, text, holder, member, breaker } = breaking;
    const event = randomId();
    const glass: BrokenGlass = {
      id: randomId(),
      patient,
      reason,
      holder,
      ...(member === undefined ? {} : { member }),
      opened: now().toISOString(),
      until: breaking.until.toISOString(),
      stale: isStale(),
      status: 'to-review',
      events: [event],
    };
    const discloser = responsible ?? `${organisation.name}, by its system; no individual took part`;
    const facts: BreakGlassFacts = { breaker, discloser, text };
    // The row first: cut short here, it has no entry in the log, and neither opens nor is listed.
    store.put('break-glass', glass.id, glass, patient);
    try {
      await vault.commit({
        audits: [this.#auditOf(glass, breaking)],
        versions: [noticeOf(glass, facts, organisation)],
        events: [this.#eventOf(event, glass, facts, breaking.principal.id)],
      });
    } catch (error) {
      store.remove('break-glass', glass.id);
      throw error;
    }
    this.#open.add(glass);
    store.put('break-glass-call', glass.id, { opened: glass.opened, stale: glass.stale });
    return glass;
  }

  /** What was written down of it; undefined for what there is not, and once the patient is erased. */
  async factsOf(id: string): Promise<BreakGlassFacts | undefined> {
    const glass = this.#options.store.get<BrokenGlass>('break-glass', id);
    return glass === undefined ? undefined : (await this.#listed(glass))?.facts;
  }

  /** Whether glass of this id was ever broken here. */
  knows(id: string): boolean {
    return this.#options.store.get('break-glass', id) !== undefined;
  }

  /** Broken glass, newest first. */
  async list(query: { patient?: string; before?: number; limit: number }): Promise<{
    readonly glass: readonly ListedBreakGlass[];
    readonly next: number | undefined;
  }> {
    const { patient, before, limit } = query;
    const page = this.#options.store.list<BrokenGlass>('break-glass', {
      ...(patient === undefined ? {} : { owner: patient }),
      ...(before === undefined ? {} : { before }),
      limit,
    });
    const glass: ListedBreakGlass[] = [];
    for (const each of page.records) {
      const listed = await this.#listed(each);
      if (listed !== undefined) glass.push(listed);
    }
    return { glass, next: page.next };
  }

  /** Notes what came of looking into it, once. Throws AuditError `not-found`, `out-of-order`. */
  async review(id: string, review: Omit<BreakGlassReview, 'at'>): Promise<ListedBreakGlass> {
    const { store, vault, now } = this.#options;
    const glass = store.get<BrokenGlass>('break-glass', id);
    if (glass === undefined) throw new AuditError('not-found', 'There is no such emergency access.');
    if (glass.status === 'reviewed')
      throw new AuditError('out-of-order', 'This emergency access was reviewed already.');
    const facts = (await this.#listed(glass))?.facts;
    if (facts === undefined) throw new AuditError('out-of-order', 'The patient of this access is erased.');
    const event = randomId();
    const reviewed: BrokenGlass = { ...glass, status: 'reviewed', events: [...glass.events, event] };
    const noted = { ...facts, review: { ...review, at: now().toISOString() } };
    await vault.commit({ events: [this.#eventOf(event, reviewed, noted, review.reviewer)] });
    store.put('break-glass', id, reviewed, glass.patient);
    return { ...reviewed, facts: noted };
  }

  /** With its facts, where the patient is not erased; undefined for what never came to be. */
  async #listed(glass: BrokenGlass): Promise<ListedBreakGlass | undefined> {
    const opening = await this.#options.vault.opening(glass.events.at(-1) ?? '');
    if (opening === undefined) return undefined;
    if (opening.content === undefined) return glass;
    return { ...glass, facts: (JSON.parse(opening.content) as { facts: BreakGlassFacts }).facts };
  }

  #auditOf(glass: BrokenGlass, { principal, requestId }: Breaking) {
    return accessEvent({
      organisation: this.#options.organisation.id,
      time: new Date(glass.opened),
      requestId,
      principal,
      action: 'C',
      subtype: 'break-glass',
      status: 201,
      patients: [glass.patient],
      objects: [`Communication/${glass.id}`],
      consents: [],
      isStale: glass.stale,
    });
  }

  #eventOf(id: string, glass: BrokenGlass, facts: BreakGlassFacts, actor: string) {
    const { events, ...shown } = glass;
    return {
      id,
      kind: EVENT_KIND,
      object: `break-glass/${glass.id}/${events.length}`,
      actor,
      time: facts.review?.at ?? glass.opened,
      content: {
        text: canonicalize({ ...shown, facts } as unknown as JsonObject),
        sourceKey: { type: 'Patient', id: glass.patient },
      },
    };
  }
}
