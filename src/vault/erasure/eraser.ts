import { type Blind, blindOf } from '../blind-index/blind-key.ts';
import { VaultError } from '../error.ts';
import type { CompartmentRow } from '../keys/key-rows.ts';
import type { ReadingParts, VersionReader } from '../reading/version-reader.ts';
import type { CurrentRow } from '../storage/storage.ts';
import { type ErasurePlan, ErasurePlanner } from './erasure-plan.ts';
import type { HoldRegister } from './hold-register.ts';
import { requireRetentionOver } from './retention.ts';
import {
  type ErasureOrder,
  type ErasureSubject,
  NOTICE,
  type RetentionRule,
  signTombstone,
  type Tombstone,
} from './tombstone.ts';

/** What erasing needs from outside. */
export interface ErasureServices {
  /** Commits a key's id on the ledger; resolves when final. */
  readonly commitErasure: (keyId: string) => Promise<void>;
  /** Signs for the organisation. */
  readonly sign: (message: Uint8Array) => Uint8Array;
  readonly retention?: readonly RetentionRule[];
}

/** What is to be destroyed. */
export interface Target {
  readonly scope: 'patient' | 'record';
  readonly subject: string;
  readonly name: Blind;
  readonly keyIds: readonly Uint8Array[];
  readonly compartment?: CompartmentRow;
  /** Compartments of patients that were merged into this one: older key stores hold their wraps. */
  readonly merged?: readonly CompartmentRow[];
  readonly rid?: number;
}

/** Destroys keys, and with them what they sealed. */
export class Eraser {
  readonly #parts: ReadingParts;
  readonly #reader: VersionReader;
  readonly #holds: HoldRegister;
  readonly #planner: ErasurePlanner;

  constructor(parts: ReadingParts, reader: VersionReader, holds: HoldRegister) {
    this.#parts = parts;
    this.#reader = reader;
    this.#holds = holds;
    this.#planner = new ErasurePlanner(parts);
  }

  /** Finds what to destroy and checks that it may be. Throws `VaultError` `not-found`, `erased` or `retained`. */
  async check(order: ErasureOrder, services: ErasureServices, now: Date): Promise<Target> {
    const target = await this.#target(order);
    const plan = await this.#plan(target);
    await this.#holds.requireNone([target.name, ...plan.erased.map(({ name }) => name)]);
    requireRetentionOver(plan.erased, services.retention ?? [], now);
    return target;
  }

  /** The signed tombstone, as things stand now. */
  async tombstone(
    target: Target,
    order: ErasureOrder,
    services: ErasureServices,
    now: Date,
  ): Promise<Tombstone> {
    const plan = await this.#plan(target);
    const { reason, actor } = order;
    const unsigned = {
      type: 'holdfast/tombstone/v1' as const,
      organisation: this.#parts.organisation,
      scope: target.scope,
      subject: target.subject,
      keys: target.keyIds.map((id) => Buffer.from(id).toString('hex')),
      reason,
      actor,
      time: now.toISOString(),
      erased: plan.erased.flatMap((row) => this.#logicalId(row)),
      shared: plan.shared.flatMap((row) => this.#logicalId(row)),
      notice: NOTICE,
    } as const;
    return signTombstone(unsigned, services.sign);
  }

  /** Destroys the keys, then every trace in the data. Can be repeated after a crash. */
  async destroy(target: Target): Promise<void> {
    const { store } = this.#parts.keys;
    const { compartment, merged = [], rid, name, keyIds } = target;
    store.flush();
    for (const each of merged) store.destroyCompartment(each);
    if (compartment !== undefined) store.destroyCompartment(compartment);
    if (rid !== undefined) store.destroyResource(rid, name);
    await this.#clear(target, keyIds);
  }

  /**
   * Destroys the keys of these ids where they are still here, and clears the data of every key that is destroyed and not
   * cleared yet: after a restore, and at every start. Returns how many erasures were carried out.
   */
  async apply(keyIds: readonly string[]): Promise<number> {
    const { keys, storage } = this.#parts;
    for (const id of keyIds) await this.#destroyKey(Buffer.from(id, 'hex'));
    const applied = new Set((await storage.applied()).map((id) => Buffer.from(id).toString('hex')));
    const open = keys.store
      .destroyed()
      .filter(({ keyId }) => !applied.has(Buffer.from(keyId).toString('hex')));
    for (const { keyId, name, compartment, rid } of open) {
      const scope = compartment === null ? ('record' as const) : ('patient' as const);
      const place =
        compartment === null
          ? { ...(rid === null ? {} : { rid }) }
          : { compartment: rowOf(compartment, name, keyId) };
      await this.#clear({ scope, subject: '', name, keyIds: [keyId], ...place }, [keyId]);
    }
    return open.length;
  }

  async #destroyKey(keyId: Buffer): Promise<void> {
    const { keys, storage } = this.#parts;
    const compartment = keys.store.compartmentWithKey(keyId);
    if (compartment !== undefined) keys.store.destroyCompartment(compartment);
    const rids = keys.store.data.resourcesWith(keyId);
    const names = await storage.namesOf(rids);
    // A resource that the data does not know (an older backup) is remembered by its key's id.
    for (const [at, rid] of rids.entries()) keys.store.destroyResource(rid, names[at] ?? blindOf(keyId));
  }

  async #clear(target: Target, applied: readonly Uint8Array[]): Promise<void> {
    const { erasure } = await this.#plan(target);
    await this.#parts.storage.erase({ ...erasure, applied });
    this.#parts.cache.clear();
    for (const each of [target.compartment, ...(target.merged ?? [])]) this.#parts.keys.forget(each);
    this.#parts.merges.forget();
  }

  #plan({ compartment, merged = [], rid, name }: Target): ErasurePlan | Promise<ErasurePlan> {
    const names = [name, ...merged.map((each) => each.name)];
    if (compartment !== undefined) return this.#planner.patient(names, compartment.compartment);
    return this.#planner.record(rid ?? 0);
  }

  async #target(order: ErasureSubject): Promise<Target> {
    const { store } = this.#parts.keys;
    const name = this.#holds.nameOf(order);
    if ('patient' in order) {
      if (this.#parts.keys.isDestroyed(name, 'patient'))
        throw new VaultError('erased', 'This patient was erased before.');
      store.flush();
      const compartment = store.compartmentNamed(name);
      if (compartment === undefined)
        throw new VaultError('not-found', 'Nothing is stored for such a patient.');
      const { merges } = this.#parts;
      if (merges.all().some(({ from }) => from === order.patient))
        throw new VaultError(
          'retained',
          'The patient was merged into another: erase that one, or unmerge first.',
        );
      const merged = merges
        .rowsInto(compartment.compartment)
        .flatMap((row) => store.compartment(row.compartment) ?? []);
      return {
        scope: 'patient',
        subject: `Patient/${order.patient}`,
        name,
        keyIds: [compartment, ...merged].map(({ keyId }) => keyId),
        compartment,
        merged,
      };
    }
    const { type, id } = order.record;
    const current = await this.#reader.currentOf(type, id);
    if (current === undefined) throw new VaultError('not-found', 'There is no such resource.');
    if (current.state === 'erased') throw new VaultError('erased', 'This resource was erased before.');
    const wraps = store.data.ofResource(current.rid);
    if (wraps.length === 0)
      throw new VaultError('retained', 'What is in audit custody is not erased: it outlives the record.');
    const ids = new Map(wraps.map(({ keyId }) => [Buffer.from(keyId).toString('hex'), keyId]));
    return { scope: 'record', subject: `${type}/${id}`, name, keyIds: [...ids.values()], rid: current.rid };
  }

  #logicalId(row: CurrentRow): string[] {
    if (row.sealed === null) return [];
    const { type, id } = this.#reader.open(row, row.name);
    return [`${type}/${id}`];
  }
}

function rowOf(compartment: number, name: Blind, keyId: Uint8Array): CompartmentRow {
  return { compartment, name, keyId, wrapped: new Uint8Array() };
}
