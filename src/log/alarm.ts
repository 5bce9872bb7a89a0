import type { Database } from '../database/index.ts';
import { type Hash, toBase64 } from '../proof/index.ts';

/** What was found wrong with a log; the set is closed. */
export type AlarmCode =
  /** The log's key signed two heads that cannot both be true. */
  | 'fork'
  /** The ledger holds a head of this log that contradicts what was witnessed here. */
  | 'anchor-differs'
  /** An anchor could not be traced back to what was witnessed here: nobody serves the tiles that would show it. */
  | 'anchor-unexplained'
  /** The log serves tiles or entries that do not hash to the head it signed. */
  | 'tiles-mismatch';

/** A finding that people must look at. It stays until the database does; nothing clears it. */
export interface Alarm {
  /** RFC 3339, of the finder's clock. */
  readonly time: string;
  readonly code: AlarmCode;
  readonly origin: string;
  /** Of the head in question. */
  readonly size: number;
  /** base64. */
  readonly root: string;
  /** The evidence in words and, where there are any, the signed notes that contradict each other. */
  readonly detail: string;
}

/** Longest evidence kept: two notes with every signature. */
const MAX_DETAIL_LENGTH = 64 * 1024;
/** Alarms kept of one origin: a log that signs nonsense each second must not fill the disk, and the first ones say it all. */
const MAX_ALARMS_PER_ORIGIN = 1_000;

/** The alarms of one organisation, durable; each distinct one is told once. */
export class Alarms {
  readonly #database: Database;
  readonly #now: () => Date;
  readonly #onAlarm: (alarm: Alarm) => void;

  /** `onAlarm` is told after the alarm is durable. */
  constructor(options: { database: Database; now: () => Date; onAlarm?: (alarm: Alarm) => void }) {
    this.#database = options.database;
    this.#now = options.now;
    this.#onAlarm = options.onAlarm ?? (() => {});
  }

  /** Stores and tells an alarm, unless the same one (code, origin, size, root) is known. True when it was new. */
  raise(found: { code: AlarmCode; origin: string; size: number; root: Hash; detail: string }): boolean {
    const { code, origin, size } = found;
    const alarm: Alarm = {
      time: this.#now().toISOString(),
      code,
      origin,
      size,
      root: toBase64(found.root),
      detail: found.detail.slice(0, MAX_DETAIL_LENGTH),
    };
    const { changes } = this.#database
      .prepare(
        `INSERT OR IGNORE INTO log_alarms (time, code, origin, size, root, detail) SELECT ?, ?, ?, ?, ?, ?
         WHERE (SELECT count(*) FROM log_alarms WHERE origin = ?) < ?`,
      )
      .run(alarm.time, code, origin, size, alarm.root, alarm.detail, origin, MAX_ALARMS_PER_ORIGIN);
    if (changes > 0) this.#onAlarm(alarm);
    return changes > 0;
  }

  /** Every alarm, oldest first; of one origin when given. */
  list(origin?: string): Alarm[] {
    return this.#database
      .prepare(
        'SELECT time, code, origin, size, root, detail FROM log_alarms WHERE ?1 IS NULL OR origin = ?1 ORDER BY alarm',
      )
      .all<Alarm>(origin ?? null)
      .map((row) => ({ ...row }));
  }
}
