import { LRUCache } from 'lru-cache';
import { CryptoError, open, randomBytes, SEALING_KEY_BYTES, seal } from '../../crypto/index.ts';
import { type Blind, blindBytes } from '../blind-index/blind-key.ts';
import { ContentSalts } from '../entries/commitments.ts';
import { VaultError } from '../error.ts';
import { seriesOf } from '../numbering.ts';
import { associatedData } from '../sealing/associated-data.ts';
import type { KeyManagement } from './key-management.ts';
import type { CompartmentRow, DataKeyRow } from './key-rows.ts';
import type { KeyStore } from './key-store.ts';

/** Unwrapped data keys kept: about 5 MB, as many resources as a busy hour touches again. */
const MAX_DATA_KEYS = 16_384;
/** Unwrapped compartment keys kept: the patients of a day. */
const MAX_COMPARTMENT_KEYS = 16_384;
/** 128 random bits: a key's name, on the ledger once it is destroyed. */
const KEY_ID_BYTES = 16;

/** What a key of the organisation is for. */
export type Purpose = 'audit' | 'organisation' | 'index' | 'audit-index';

/** The data keys of resources of no patient are wrapped by the organisation's series. */
export const NO_COMPARTMENT = 0;

/**
 * The organisation's keys, unwrapped when needed (DESIGN §5): key-encryption key → compartment keys and series → data
 * keys. New keys are staged in the key store; whoever seals with them flushes it first.
 */
export class KeyHierarchy {
  readonly store: KeyStore;
  readonly #management: KeyManagement;
  readonly #organisation: string;
  readonly #series = new Map<string, Buffer>();
  readonly #compartments = new LRUCache<number, Buffer>({ max: MAX_COMPARTMENT_KEYS });
  readonly #named = new LRUCache<Blind, number>({ max: MAX_COMPARTMENT_KEYS });
  readonly #dataKeys = new LRUCache<string, Buffer>({ max: MAX_DATA_KEYS });
  readonly #auditSalts = new Map<number, ContentSalts>();
  /** Blind names of what was erased, true for patients; read again after each erasure. */
  #destroyed: Map<Blind, boolean> | undefined;
  #lastCompartment: number;
  #erasures = 0;

  constructor(options: {
    store: KeyStore;
    management: KeyManagement;
    organisation: string;
    lastCompartment: number;
  }) {
    this.store = options.store;
    this.#management = options.management;
    this.#organisation = options.organisation;
    this.#lastCompartment = options.lastCompartment;
  }

  /** A key of the organisation; made when there is none. */
  series(purpose: Purpose, number: number): Buffer {
    const place = `${purpose}/${number}`;
    const known = this.#series.get(place);
    if (known !== undefined) return known;
    const row = this.store.series(purpose, number);
    const key =
      row === undefined
        ? this.#newSeries(purpose, number)
        : this.unwrap(row.wrapped, seriesContext(purpose, number));
    this.#series.set(place, key);
    return key;
  }

  /** The audit key that seals an entry. */
  audit(entry: number): Buffer {
    return this.series('audit', seriesOf(entry));
  }

  /** The content salts of an entry that is kept under the audit key (FORMATS §1). */
  auditSalts(entry: number): ContentSalts {
    const number = seriesOf(entry);
    const known = this.#auditSalts.get(number);
    if (known !== undefined) return known;
    const source = new ContentSalts(this.series('audit', number));
    this.#auditSalts.set(number, source);
    return source;
  }

  /** How many erasures were carried out since the vault was opened. */
  get erasures(): number {
    return this.#erasures;
  }

  /** Whether a resource of this blind name was erased, by itself or as a patient's; `patient` asks for the latter only. */
  isDestroyed(name: Blind, what: 'any' | 'patient' = 'any'): boolean {
    this.#destroyed ??= new Map(this.store.destroyed().map((row) => [row.name, row.compartment !== null]));
    if (this.#destroyed.size === 0) return false;
    const found = this.#destroyed.get(name);
    return found !== undefined && (what === 'any' || found);
  }

  /** A patient's compartment by the Patient's blind name; made when there is none. Not for a patient who was erased. */
  compartmentOf(name: Blind): number {
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    const own = this.store.compartmentNamed(name)?.compartment ?? this.#newCompartment(name);
    // What is written for a patient who was merged is wrapped for whom they were merged into.
    const compartment = this.store.merged().find((row) => row.compartment === own)?.into ?? own;
    this.#named.set(name, compartment);
    return compartment;
  }

  /** A new data key, wrapped for each compartment, or for the organisation when there is none. */
  newDataKey(rid: number, generation: number, compartments: readonly number[]): Buffer {
    const key = randomBytes(SEALING_KEY_BYTES);
    const keyId = randomBytes(KEY_ID_BYTES);
    for (const compartment of compartments.length === 0 ? [NO_COMPARTMENT] : compartments) {
      this.store.stageDataKey(this.wrapDataKey({ rid, generation, compartment, keyId }, key));
    }
    this.#dataKeys.set(`${rid}.${generation}`, key);
    return key;
  }

  /**
   * The data key of a resource; undefined when every wrap of it is destroyed. Throws `VaultError` `sealed-key-missing`
   * when a compartment key is not in this key store, `damaged` when a wrap does not open.
   */
  dataKey(rid: number, generation: number): Buffer | undefined {
    const place = `${rid}.${generation}`;
    const known = this.#dataKeys.get(place);
    if (known !== undefined) return known;
    const [row] = this.store.data.of(rid, generation);
    if (row === undefined) return undefined;
    const key = this.unwrapDataKey(row);
    this.#dataKeys.set(place, key);
    return key;
  }

  /** After an erasure: drops the compartment's key and every unwrapped data key from memory. */
  forget(row: CompartmentRow | undefined): void {
    this.#erasures += 1;
    for (const key of this.#dataKeys.values()) key.fill(0);
    this.#dataKeys.clear();
    this.#destroyed = undefined;
    if (row === undefined) return;
    this.#compartments.get(row.compartment)?.fill(0);
    this.#compartments.delete(row.compartment);
    this.#named.delete(row.name);
  }

  /** After a merge: which compartment stands under a name is looked up anew. */
  forgetNames(): void {
    this.#named.clear();
  }

  /** The same data key, wrapped anew. */
  wrapDataKey(place: Omit<DataKeyRow, 'wrapped'>, key: Uint8Array): DataKeyRow {
    return {
      ...place,
      wrapped: seal(this.#wrapping(place.compartment, place.rid), key, this.#dataKeyContext(place)),
    };
  }

  /** Unwraps one wrap of a data key. Throws `VaultError` `damaged` or `sealed-key-missing`. */
  unwrapDataKey(row: DataKeyRow): Buffer {
    try {
      return open(this.#wrapping(row.compartment, row.rid), row.wrapped, this.#dataKeyContext(row));
    } catch (cause) {
      throw damagedKey(cause);
    }
  }

  /** A compartment key, wrapped under the newest key-encryption key. */
  wrapCompartment(place: Omit<CompartmentRow, 'wrapped'>, key: Uint8Array): CompartmentRow {
    return { ...place, wrapped: this.#management.wrap(key, this.#context(compartmentContext(place))) };
  }

  /** Unwraps a compartment key, past the cache. */
  unwrapCompartment(row: CompartmentRow): Buffer {
    return this.unwrap(row.wrapped, compartmentContext(row));
  }

  /** Puts a renewed compartment key in the place of the old one. */
  replaceCompartment(compartment: number, key: Buffer): void {
    this.#compartments.set(compartment, key);
  }

  /** A wrapped key of the organisation, wrapped anew under the newest key-encryption key. */
  rewrapSeries(purpose: string, number: number, wrapped: Uint8Array): Uint8Array {
    const context = seriesContext(purpose, number);
    return this.#management.wrap(this.unwrap(wrapped, context), this.#context(context));
  }

  /** Unwraps under the key-encryption key. Throws `VaultError`. */
  unwrap(wrapped: Uint8Array, context: string): Buffer {
    return Buffer.from(this.#management.unwrap(wrapped, this.#context(context)));
  }

  #newSeries(purpose: Purpose, number: number): Buffer {
    const key = randomBytes(SEALING_KEY_BYTES);
    const wrapped = this.#management.wrap(key, this.#context(seriesContext(purpose, number)));
    this.store.stageSeries({ purpose, number, keyId: randomBytes(KEY_ID_BYTES), wrapped });
    return key;
  }

  #newCompartment(name: Blind): number {
    this.#lastCompartment += 1;
    const compartment = this.#lastCompartment;
    const key = randomBytes(SEALING_KEY_BYTES);
    this.store.stageCompartment(
      this.wrapCompartment({ compartment, name, keyId: randomBytes(KEY_ID_BYTES) }, key),
    );
    this.#compartments.set(compartment, key);
    return compartment;
  }

  #wrapping(compartment: number, rid: number): Buffer {
    if (compartment === NO_COMPARTMENT) return this.series('organisation', seriesOf(rid));
    const known = this.#compartments.get(compartment);
    if (known !== undefined) return known;
    const row = this.store.compartment(compartment);
    if (row === undefined) {
      throw new VaultError(
        'sealed-key-missing',
        'A compartment key is not in this key store: restore the newest one.',
      );
    }
    const key = this.unwrapCompartment(row);
    this.#compartments.set(compartment, key);
    return key;
  }

  #dataKeyContext({ rid, generation, compartment }: Omit<DataKeyRow, 'wrapped' | 'keyId'>): Buffer {
    return associatedData('data-key', this.#organisation, rid, generation, compartment);
  }

  #context(text: string): string {
    return `holdfast/key/v1\n${this.#organisation}\n${text}`;
  }
}

function seriesContext(purpose: string, number: number): string {
  return `series\n${purpose}\n${number}`;
}

function compartmentContext({ compartment, keyId, name }: Omit<CompartmentRow, 'wrapped'>): string {
  return `compartment\n${compartment}\n${Buffer.from(keyId).toString('hex')}\n${blindBytes(name).toString('hex')}`;
}

function damagedKey(cause: unknown): VaultError {
  if (cause instanceof VaultError) return cause;
  if (!(cause instanceof CryptoError)) throw cause;
  return new VaultError(
    'damaged',
    'A wrapped key was changed or stands in the wrong place; run "holdfast fsck".',
    cause,
  );
}
