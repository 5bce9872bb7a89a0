import { CryptoError, open, randomId, seal } from '../../crypto/index.ts';
import { fromUtf8, utf8 } from '../../proof/index.ts';
import { type Awaitable, after } from '../awaitable.ts';
import type { Blind } from '../blind-index/blind-key.ts';
import { VaultError } from '../error.ts';
import type { ReadingParts } from '../reading/version-reader.ts';
import { associatedData } from '../sealing/associated-data.ts';
import type { HoldRow } from '../storage/rows.ts';
import type { ErasureSubject, Hold, HoldOrder } from './tombstone.ts';

/** Holds are few; they share one key of the audit series, which no entry uses. */
const HOLDS_SERIES = 0;

/** Legal holds, sealed under audit keys. */
export class HoldRegister {
  readonly #parts: ReadingParts;

  constructor(parts: ReadingParts) {
    this.#parts = parts;
  }

  /** Blind name of what a hold or an erasure is for. */
  nameOf(subject: ErasureSubject): Blind {
    const { names } = this.#parts.index;
    return 'patient' in subject
      ? names.of('Patient', subject.patient)
      : names.of(subject.record.type, subject.record.id);
  }

  /** A hold and its row. */
  make(order: HoldOrder, time: string): { hold: Hold; row: HoldRow } {
    const hold: Hold = { ...order, id: randomId(), time };
    const sealed = seal(this.#key(), utf8(JSON.stringify(hold)), this.#context(hold.id));
    return { hold, row: { id: hold.id, name: this.nameOf(order), sealed } };
  }

  /** Every hold that stands. Throws `VaultError` `damaged`. */
  all(): Awaitable<Hold[]> {
    return after(this.#parts.storage.holds(), (rows) => rows.map((row) => this.#open(row)));
  }

  /** Throws `VaultError` `retained`, naming the hold, while one stands on any of these blind names. */
  requireNone(names: readonly Blind[]): Awaitable<void> {
    const wanted = new Set(names);
    return after(this.#parts.storage.holds(), (rows) => {
      const standing = rows.find((row) => wanted.has(row.name));
      if (standing === undefined) return;
      const { name } = this.#open(standing);
      throw new VaultError('retained', `The legal hold "${name}" stands: nothing was erased.`);
    });
  }

  #open(row: HoldRow): Hold {
    try {
      return JSON.parse(fromUtf8(open(this.#key(), row.sealed, this.#context(row.id)))) as Hold;
    } catch (cause) {
      if (!(cause instanceof CryptoError)) throw cause;
      throw new VaultError('damaged', 'A legal hold was changed; run "holdfast fsck".', cause);
    }
  }

  #key(): Buffer {
    return this.#parts.keys.series('audit', HOLDS_SERIES);
  }

  #context(id: string): Buffer {
    return associatedData('hold', this.#parts.organisation, id);
  }
}
