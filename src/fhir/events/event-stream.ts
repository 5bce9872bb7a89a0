import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Principal } from '../../identity/index.ts';
import { auditOf } from '../context.ts';
import { newTrail } from '../trail.ts';
import { asFhirError } from '../translate.ts';
import { type Delivery, EventDeliveries, type StreamAsked } from './event-delivery.ts';
import { type EventPosition, sealPosition } from './event-position.ts';
import type { EventServices } from './event-services.ts';
import type { EventSink } from './event-sink.ts';
import { endText, openingText, positionText, type StreamEnd, versionText } from './event-text.ts';
import { KnownAffiliations } from './known-affiliations.ts';
import { LedgerFreshness } from './ledger-freshness.ts';
import type { StreamPlace } from './open-streams.ts';

/** A stream ends at the latest then; the client comes again by itself, and goes on where it was. */
const LIFE_MS = 60 * 60 * 1000; // as long as an access token
/** Something is sent so often, whatever happens. */
const HEARTBEAT_MS = 15_000; // WHATWG HTML §9.2.7: every 15 seconds or so
/** The token is shown so often while nothing happens; what is told shows it anyway. */
const RECHECK_MS = 1_000; // a look-up in memory

/** Between two batches, unless more is known to wait: what comes meanwhile is told, and recorded, together. */
const BATCH_MS = 250; // four entries in the trail a second, however much is written
/** What comes while affiliations are being read waits so long; then what is unknown denies. */
const UNKNOWN_MS = 10_000; // far longer than a node takes to read records of its own

/** How long things take; tests shorten them. */
export interface StreamTimes {
  readonly lifeMs: number;
  readonly heartbeatMs: number;
  readonly recheckMs: number;
  readonly batchMs: number;
  readonly unknownMs: number;
}
const TIMES: StreamTimes = {
  lifeMs: LIFE_MS,
  heartbeatMs: HEARTBEAT_MS,
  recheckMs: RECHECK_MS,
  batchMs: BATCH_MS,
  unknownMs: UNKNOWN_MS,
};

/** A stream that is open to somebody. */
export interface OpenedStream extends StreamAsked {
  readonly principal: Principal;
  readonly from: EventPosition;
  readonly place: StreamPlace;
}

/** Why a stream ended, with the HTTP status that its code has elsewhere. */
type Ended = StreamEnd & { readonly status: number };
const LIFE_OVER: Ended = {
  status: 200,
  code: 'stream-over',
  detail: 'A stream has its time: come again with Last-Event-ID.',
};
const STOPPING: Ended = {
  status: 200,
  code: 'node-stopping',
  detail: 'The node stops: come again with Last-Event-ID.',
};

/** Name of a stream's end in the audit trail. */
const END = 'events-end';

/** One stream, from its first line to its last. */
export class EventStream {
  readonly #services: EventServices;
  readonly #opened: OpenedStream;
  readonly #sink: EventSink;
  readonly #times: StreamTimes;
  readonly #freshness: LedgerFreshness;
  readonly #deliveries: EventDeliveries;
  readonly #sinceMs = performance.now();
  #beats = 1;
  #position: EventPosition;

  constructor(services: EventServices, opened: OpenedStream, sink: EventSink, times: StreamTimes = TIMES) {
    this.#services = services;
    this.#opened = opened;
    this.#sink = sink;
    this.#times = times;
    this.#position = opened.from;
    this.#freshness = new LedgerFreshness(services.isFresh);
    const { fhir } = services;
    const { fhirUser } = opened.principal;
    // Where nothing is known of anybody, nothing is being read.
    const knownReading = () =>
      fhir.affiliations === undefined ? 0 : fhir.affiliations.knownReading(fhirUser);
    const affiliations = new KnownAffiliations(knownReading, times.unknownMs);
    this.#deliveries = new EventDeliveries(fhir, { freshness: this.#freshness, affiliations }, opened);
  }

  /**
   * Tells what is written, until the token does not hold any more, the reader is gone or too slow, the time is over, or the node stops.
   * Resolves when it has ended and its end is recorded; never rejects.
   */
  async run(): Promise<void> {
    try {
      let isRead = await this.#sink.send(openingText(this.#seal(this.#position)));
      let end: Ended | undefined;
      while (isRead && end === undefined) {
        const step = await this.#step().catch((error: unknown) => this.#endBy(error));
        if (typeof step === 'boolean') isRead = step;
        else end = step;
      }
      await this.#record(end);
      const isWhole = end !== undefined && isRead && (await this.#sink.send(endText(end)));
      this.#sink.end(isWhole);
    } finally {
      this.#opened.place.release();
    }
  }

  /** Tells what there is to tell by now, and waits for more; false when the reader does not take it, the end when it is one. */
  async #step(): Promise<boolean | Ended> {
    const { streams } = this.#services;
    if (this.#opened.place.signal.aborted) return streams.isClosing ? STOPPING : false;
    if (this.#ageMs > this.#times.lifeMs) return LIFE_OVER;
    const seen = streams.written.count;
    const delivery = await this.#deliveries.next(this.#position);
    if (!(await this.#tell(delivery))) return false;
    if (delivery.state === 'more') {
      await nextTurn();
      // A reader who is told nothing for long keeps the connection, and how far this came.
      return this.#beat();
    }
    if (delivery.told.length > 0) await this.#rest(this.#times.batchMs);
    return this.#wait(seen, delivery.state === 'held');
  }

  /** Nothing comes between the decision and this: no wait, and nothing that was sent before is still here. */
  async #tell({ told, position }: Delivery): Promise<boolean> {
    this.#position = position;
    if (told.length === 0) return true;
    return this.#sink.send(told.map(({ at, version }) => versionText(this.#seal(at), version)).join(''));
  }

  /** Waits until something is written; meanwhile shows the token and sends heartbeats. What is held is looked at again soon. */
  async #wait(seen: number, isHeld: boolean): Promise<boolean> {
    const { written } = this.#services.streams;
    const { signal } = this.#opened.place;
    for (;;) {
      const untilBeatMs = this.#beats * this.#times.heartbeatMs - this.#ageMs;
      const waitMs = Math.max(0, Math.min(this.#times.recheckMs, untilBeatMs));
      // What is held does not become tellable by a write, and affiliations are read within a look or two.
      await (isHeld ? this.#freshness.until(waitMs, signal) : written.since(seen, waitMs, signal));
      await this.#deliveries.authenticate();
      if (!(await this.#beat())) return false;
      if (isHeld || written.count !== seen || signal.aborted || this.#ageMs > this.#times.lifeMs) return true;
    }
  }

  /** By the clock alone: that something was written, which is not told, must not show in when a heartbeat comes. */
  async #beat(): Promise<boolean> {
    if (this.#ageMs < this.#beats * this.#times.heartbeatMs) return true;
    this.#beats = Math.floor(this.#ageMs / this.#times.heartbeatMs) + 1;
    return this.#sink.send(positionText(this.#seal(this.#position)));
  }

  /** Does nothing for a while; less when the stream is to end. */
  async #rest(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#opened.place.signal }).catch(() => undefined);
  }

  get #ageMs(): number {
    return performance.now() - this.#sinceMs;
  }

  #seal(position: EventPosition): string {
    const { pagingKey, now } = this.#services.fhir;
    return sealPosition(pagingKey, position, { asker: this.#opened.principal.id, atMs: now().getTime() });
  }

  /** What ended it. Told by the clock: a write that is not told must not show in when a stream ends whose token does not hold. */
  async #endBy(error: unknown): Promise<Ended> {
    const { fhir } = this.#services;
    const { stable, message, status } = asFhirError(error, { services: fhir, trail: this.#trail() });
    const { recheckMs } = this.#times;
    await this.#rest(recheckMs - (this.#ageMs % recheckMs));
    return { code: stable, detail: message, status };
  }

  /** Why it ended, for the trail; nothing to say when the reader had gone. */
  async #record(end: Ended | undefined): Promise<void> {
    const { fhir } = this.#services;
    const audit = auditOf(fhir, this.#trail(), fhir.now(), end?.status ?? 200, end?.code);
    await fhir.vault
      .commit({ audits: [audit] })
      .catch((error: unknown) => fhir.onFault(error, this.#opened.requestId));
  }

  #trail() {
    const { requestId, principal } = this.#opened;
    return { ...newTrail(requestId), principal, refusals: this.#deliveries.refusals, subtype: END };
  }
}
