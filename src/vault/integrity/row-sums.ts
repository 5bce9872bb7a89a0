import { randomBytes } from '../../crypto/index.ts';
import { type IndexRows, type Span, spanText } from '../blind-index/index-rows.ts';
import { KeyedHash } from '../keyed-hash.ts';

/** Characters of a hash that make a number below 2⁴⁸. */
const HASH_CHARACTERS = 6;
/** Sums stay exact below 2⁵³. */
const MODULUS = 2 ** 48;

/**
 * Whether each row is found by exactly what it should be, in memory that grows with the rows and not with their values: a
 * sum of hashes, under a key nobody knows, of what should be there, less what is.
 */
export class RowSums {
  readonly #hash = new KeyedHash(randomBytes(32));
  readonly #sums = new Map<number, number>();

  /** What a row should be found by. */
  expect(rid: number, { keys, members, spans }: IndexRows): void {
    for (const key of [...keys, ...members]) this.#add(rid, key, 1);
    for (const span of spans) this.#add(rid, spanText(span), 1);
  }

  /** A blind value that a row is found by. */
  seeKey(rid: number, key: string): void {
    this.#add(rid, key, -1);
  }

  /** A span that a row is found by. */
  seeSpan(rid: number, span: Span): void {
    this.#add(rid, spanText(span), -1);
  }

  /** Rows where the two differ. */
  different(): number[] {
    return [...this.#sums].filter(([, sum]) => sum !== 0).map(([rid]) => rid);
  }

  #add(rid: number, text: string, sign: 1 | -1): void {
    const hash = Buffer.from(this.#hash.of(text), 'latin1').readUIntBE(0, HASH_CHARACTERS);
    const sum = (this.#sums.get(rid) ?? 0) + (sign === 1 ? hash : MODULUS - hash);
    this.#sums.set(rid, sum % MODULUS);
  }
}
