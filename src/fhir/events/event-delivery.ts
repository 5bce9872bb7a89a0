import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Principal } from '../../identity/index.ts';
import type { StoredVersion } from '../../vault/index.ts';
import { type Judged, note } from '../access.ts';
import { type Context, requestContext } from '../context.ts';
import type { FhirServices } from '../services.ts';
import { newTrail, type Trail } from '../trail.ts';
import { EventJudge } from './event-judge.ts';
import type { EventParameters } from './event-parameters.ts';
import { type EventPosition, positionAt } from './event-position.ts';
import type { KnownAffiliations } from './known-affiliations.ts';
import type { LedgerFreshness } from './ledger-freshness.ts';

/** Events that are told, and recorded, together. */
const MAX_BATCH = 50; // one AuditEvent and one wait for the disk for each
/** Versions read at a time. */
const CHUNK = 200; // a few milliseconds between two turns of the event loop
/** Versions looked at before the stream sees to its reader again. */
const MAX_SCANNED = 10_000; // some two hundred milliseconds of decisions

/** Who asked for a stream, and for what. */
export interface StreamAsked {
  readonly authorization: string | undefined;
  readonly requestId: string;
  readonly parameters: EventParameters;
}

/** A version that is told of, with its place. */
export interface ToldVersion {
  readonly version: StoredVersion;
  readonly at: EventPosition;
}

/** What is told in one go. */
export interface Delivery {
  readonly told: readonly ToldVersion[];
  /** Up to where everything is told, or is not to be. */
  readonly position: EventPosition;
  /**
   * `more`: look again at once. `held`: what follows rests on a consent, and the view of the ledger is too old to tell; or it was judged while
   * it was not known who belongs to the groups that consents name, or for whom the asker may ask.
   */
  readonly state: 'more' | 'held' | 'all';
}

/** What may be told, with its place. */
interface Tellable extends ToldVersion {
  readonly judged: Judged;
}

/** What a look at the vault came to: what may be told, and what comes after `position`. */
interface Found extends Pick<Delivery, 'position' | 'state'> {
  readonly tellable: readonly Tellable[];
  /** It is the view of the ledger that holds what follows. */
  readonly isStale?: true;
}

/** What a second look, once the entry is written, lets be told. */
interface Rechecked {
  readonly told: readonly ToldVersion[];
  /** So many are told, or are not to be. */
  readonly passed: number;
  /** Why the others are not yet; `all` when there are none. */
  readonly state: Delivery['state'];
}

/** Name of a delivery in the audit trail. */
const DELIVERY = 'events-delivery';

/** Finds what a stream may tell, writes down that it is told, and decides again before it is. */
export class EventDeliveries {
  readonly #services: FhirServices;
  readonly #freshness: LedgerFreshness;
  readonly #affiliations: KnownAffiliations;
  readonly #asked: StreamAsked;
  /** The next version rests on a consent: nothing is looked at until the view is fresh. */
  #isHeld = false;
  /** Why something was withheld so far: it goes with the next entry that is written anyway. */
  readonly refusals = new Set<string>();

  /** `freshness`: whether the view of the ledger is recent enough to show what rests on a consent. */
  constructor(
    services: FhirServices,
    {
      freshness,
      affiliations,
    }: { readonly freshness: LedgerFreshness; readonly affiliations: KnownAffiliations },
    asked: StreamAsked,
  ) {
    this.#services = services;
    this.#freshness = freshness;
    this.#affiliations = affiliations;
    this.#asked = asked;
  }

  /** Who asks, if they still may: rejects as authentication does when the token has expired or was called back. */
  authenticate(): Promise<Principal> {
    return this.#services.authenticate(this.#asked.authorization);
  }

  /**
   * What comes after an entry, at most a batch. An AuditEvent that names the patients is on disk before it resolves; then the token is
   * shown and every version judged once more, so that what is told was permitted when it was. Rejects when the token does not
   * hold, or nothing can be recorded.
   */
  async next(from: EventPosition): Promise<Delivery> {
    const context = await this.#context();
    if (this.#isHeld && !(await this.#freshness.isFresh()))
      return { told: [], position: from, state: 'held' };
    const { tellable, position, state, isStale = false } = await this.#find(context, from);
    this.#isHeld = isStale;
    if (tellable.length === 0) return { told: [], position, state };
    for (const { judged } of tellable) note(context, judged);
    await this.#services.vault.commit({ audits: context.audits(200) });
    const left = await this.#stillPermitted(tellable, context.trail);
    if (left.state === 'all') return { told: left.told, position, state };
    this.#isHeld = false;
    return { ...left, position: tellable[left.passed - 1]?.at ?? from };
  }

  async #context(): Promise<Context> {
    const trail: Trail = { ...newTrail(this.#asked.requestId), refusals: this.refusals };
    trail.action = 'R';
    trail.subtype = DELIVERY;
    return requestContext(this.#services, await this.authenticate(), trail);
  }

  /**
   * What may be told, up to the first that rests on a consent while it cannot be told whether that consent still stands, or that was
   * judged, with whatever outcome, while affiliations were not known.
   */
  async #find(context: Context, from: EventPosition): Promise<Found> {
    const { vault } = this.#services;
    const judge = new EventJudge(context, this.#asked.parameters);
    const wants = (type: string) => judge.wants(type);
    const isKnown = this.#affiliations.look();
    const tellable: Tellable[] = [];
    let isFresh: boolean | undefined;
    const found = async (entry: number, state: Delivery['state'], more: { isStale?: true } = {}) => {
      const position = entry === from.entry ? from : await positionAt(vault, entry);
      return { tellable, position, state, ...more };
    };
    // Whatever has a lower number is there by now.
    const newest = await vault.newestEntry();
    let last = from.entry;
    for (let scanned = 0; scanned < MAX_SCANNED; scanned += CHUNK) {
      const stretch = await vault.versionsAfter(last, CHUNK, wants);
      for (const { entry, version } of stretch.versions) {
        const judged = await judge.judge(version);
        if (!isKnown()) return found(entry - 1, 'held');
        if (judged === undefined) continue;
        if (judged.relied.length > 0) isFresh ??= await this.#freshness.isFresh();
        if (judged.relied.length > 0 && isFresh !== true) return found(entry - 1, 'held', { isStale: true });
        tellable.push({ version, at: await positionAt(vault, entry), judged });
        if (tellable.length === MAX_BATCH) return found(entry, 'more');
      }
      last = stretch.last;
      if (stretch.isEnd) return found(Math.max(last, newest), 'all');
      await nextTurn();
    }
    return found(last, 'more');
  }

  /**
   * What is permitted as things stand at this moment. Stops at the first that rests on something else by now than was written down, or that
   * was judged while affiliations were not known.
   */
  async #stillPermitted(current: readonly Tellable[], recorded: Trail): Promise<Rechecked> {
    const context = await this.#context();
    const judge = new EventJudge(context, this.#asked.parameters);
    const isKnown = this.#affiliations.lookAgain();
    const told: ToldVersion[] = [];
    for (const [passed, each] of current.entries()) {
      const { type, id, version } = each.version;
      // Read anew: it may have been erased.
      const now = await this.#services.vault.read(type, id, version);
      const judged = now === undefined ? undefined : await judge.judge(now);
      if (!isKnown()) return { told, passed, state: 'held' };
      if (judged === undefined) continue;
      if (!isRecorded(judged, context, recorded)) return { told, passed, state: 'more' };
      told.push(each);
    }
    return { told, passed: current.length, state: 'all' };
  }
}

/** Whether the entry that was written says what a version is shown by now. */
function isRecorded({ shown, relied }: Judged, { trail }: Context, recorded: Trail): boolean {
  return (
    relied.every((consent) => recorded.consents.has(consent)) &&
    shown.patients.every((patient) => recorded.patients.has(patient)) &&
    (!trail.isEmergency || recorded.isEmergency)
  );
}
