import { hmac } from '../crypto/index.ts';
import type { Database } from '../database/index.ts';
import { utf8 } from '../proof/index.ts';

/** For how long a wrong day of birth counts against who named it. */
const WINDOW_MS = 24 * 3600_000; // a shift and the next: by then somebody has looked into it
/** Different wrong days of birth that one member may name for one id. */
const MAX_OF_ID = 5; // a slip or two of the pen; of the 3,650 days of a likely decade, five a day take a year for even odds
/** Different wrong pairs of id and day that one member may name in all: one likely day tried on every id is a guess as well. */
const MAX_OF_MEMBER = 200; // more strangers than an emergency department sees in a day

/** What a member says identifies a patient. */
export interface Identification {
  readonly member: string;
  readonly id: string;
  /** A whole day. */
  readonly birthDate: string;
}

/** What came of it. */
export interface IdentificationOutcome {
  readonly identified: boolean;
  /** The member has named too many wrong days: nothing it names identifies anybody until the first of them are a day old. */
  readonly isGuessing: boolean;
}

interface Count {
  readonly n: number;
}

/**
 * Counts the days of birth that members name wrongly, across restarts, whether or not there is such a patient: else being refused
 * would tell who is here. The same wrong day counts once, so that asking again with a wrong record shuts nobody out who then asks
 * with the right one. Neither ids nor days stand in the file.
 */
export class FailedIdentifications {
  readonly #database: Database;
  readonly #key: Uint8Array;
  readonly #now: () => Date;

  /** Over a database opened with `identificationMigrations`. */
  constructor(database: Database, key: Uint8Array, now: () => Date) {
    this.#database = database;
    this.#key = key;
    this.#now = now;
  }

  /** Judges an identification by whether it is right, and counts it when it is wrong; in one step, so that nothing slips in between. */
  judge({ member, id, birthDate }: Identification, isRight: boolean): IdentificationOutcome {
    const nowMs = this.#now().getTime();
    const patient = this.#blind('id', member, id);
    return this.#database.transaction(() => {
      this.#database.prepare('DELETE FROM exchange_misidentified WHERE at_ms <= ?').run(nowMs - WINDOW_MS);
      if (this.#isExhausted(member, patient)) return { identified: false, isGuessing: true };
      if (isRight) return { identified: true, isGuessing: false };
      const guess = this.#blind('guess', member, id, birthDate);
      this.#database
        .prepare(
          'INSERT OR IGNORE INTO exchange_misidentified (member, patient, guess, at_ms) VALUES (?, ?, ?, ?)',
        )
        .run(member, patient, guess, nowMs);
      return { identified: false, isGuessing: this.#isExhausted(member, patient) };
    });
  }

  #isExhausted(member: string, patient: Uint8Array): boolean {
    const select = 'SELECT count(*) AS n FROM exchange_misidentified WHERE member = ?';
    const ofMember = this.#database.prepare(select).get<Count>(member);
    const ofId = this.#database.prepare(`${select} AND patient = ?`).get<Count>(member, patient);
    return (ofMember?.n ?? 0) >= MAX_OF_MEMBER || (ofId?.n ?? 0) >= MAX_OF_ID;
  }

  #blind(...words: readonly string[]): Buffer {
    return hmac(this.#key, utf8(JSON.stringify(['holdfast/misidentified/v1', ...words])));
  }
}
