import type { Database } from '../database/index.ts';
import { ExchangeError } from './errors.ts';

/** Nonces of one member kept at once: more within five minutes is no honest use. */
const MAX_NONCES_PER_MEMBER = 20_000; // at two hundred bytes each, four megabytes a member

/** Remembers nonces until the request that carried them has expired, across restarts. */
export class NonceStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Takes a nonce. Throws ExchangeError `replayed` when the member used it before, `unavailable` when it floods. */
  take(member: string, nonce: string, expiresSeconds: number, nowSeconds: number): void {
    this.#database.transaction(() => {
      this.#database.prepare('DELETE FROM exchange_nonce WHERE expires < ?').run(nowSeconds);
      const known = this.#database
        .prepare('SELECT 1 AS known FROM exchange_nonce WHERE member = ? AND nonce = ?')
        .get(member, nonce);
      if (known !== undefined) throw new ExchangeError('replayed', 'This request was received before.');
      const count = this.#database
        .prepare('SELECT count(*) AS n FROM exchange_nonce WHERE member = ?')
        .get<{ n: number }>(member);
      if ((count?.n ?? 0) >= MAX_NONCES_PER_MEMBER)
        throw new ExchangeError('unavailable', 'Too many requests at once from this member.');
      this.#database
        .prepare('INSERT INTO exchange_nonce (member, nonce, expires) VALUES (?, ?, ?)')
        .run(member, nonce, expiresSeconds);
    });
  }
}
