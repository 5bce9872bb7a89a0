import type { Vault } from '../../vault/index.ts';
import { followOnce } from '../follower.ts';
import type { RecordStore } from '../record-store.ts';
import { type Destination, ForwardingError, forwardedOf } from './forwarded.ts';

/** AuditEvents of one batch: some 300 KB. */
const BATCH = 200; // larger bodies meet limits of receivers
/** Batches of one round. */
const MAX_BATCHES = 50; // a backlog of ten thousand, then others have a turn
const FIRST_PAUSE_MS = 1_000; // a receiver that restarts is back within seconds
const LONGEST_PAUSE_MS = 60_000; // nobody waits longer than a minute once it is back

/** Forwards the audit trail to one destination: in order, at least once, from the first entry on, across restarts. */
export class Forwarder {
  readonly #name: string;
  readonly #destination: Destination;
  readonly #vault: Pick<Vault, 'auditsAfter' | 'newestEntry'>;
  readonly #store: RecordStore;
  readonly #onFault: (message: string) => void;
  readonly #now: () => number;
  #pauseMs = 0;
  #notBeforeMs = 0;

  constructor(options: {
    /** Under this name its position is kept. */
    name: string;
    destination: Destination;
    vault: Pick<Vault, 'auditsAfter' | 'newestEntry'>;
    store: RecordStore;
    /** Told once for each failed round; gets no health data. */
    onFault: (message: string) => void;
    /** Monotonic milliseconds. */
    now?: () => number;
  }) {
    this.#name = options.name;
    this.#destination = options.destination;
    this.#vault = options.vault;
    this.#store = options.store;
    this.#onFault = options.onFault;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Forwards what there is; resolves to how many went. While the receiver is away it pauses, longer each time, and drops nothing. */
  async round(): Promise<number> {
    if (this.#now() < this.#notBeforeMs) return 0;
    try {
      const sent = await followOnce(
        this.#vault,
        this.#store,
        {
          name: `forward/${this.#name}`,
          begin: 'first',
          batch: BATCH,
          take: (audits) => this.#destination.send(audits.map(forwardedOf)),
        },
        MAX_BATCHES,
      );
      this.#pauseMs = 0;
      return sent;
    } catch (error) {
      if (!(error instanceof ForwardingError)) throw error;
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2));
      this.#notBeforeMs = this.#now() + Math.max(this.#pauseMs, error.retryAfterMs ?? 0);
      this.#onFault(`${this.#name}: ${error.message}`);
      return 0;
    }
  }
}
