import { VaultError } from '../error.ts';
import type { CompartmentRow, DataKeyRow, Rewrapping } from '../keys/key-rows.ts';
import type { Merge } from '../keys/merged-patients.ts';
import type { ReadingParts, VersionReader } from '../reading/version-reader.ts';

/** Versions of one resource read at once: more than any resource has. */
const ALL_VERSIONS = 1_000_000;
/** Members of one compartment: more than any patient's record has. */
const ALL_MEMBERS = 10_000_000;

/**
 * Merges patients and takes them apart by moving wrappings: the data keys of one compartment are wrapped under the key of the
 * other. No content changes, no version is added, no receipt is touched.
 */
export class Merger {
  readonly #parts: ReadingParts;
  readonly #reader: VersionReader;

  constructor(parts: ReadingParts, reader: VersionReader) {
    this.#parts = parts;
    this.#reader = reader;
  }

  /** What merging comes to. Throws `VaultError` `not-found`, `erased` or `retained`. */
  merging(merge: Merge): Rewrapping {
    const { keys, merges } = this.#parts;
    const { from, into } = merge;
    if (from === into) throw new VaultError('malformed', 'A patient cannot be merged into themself.');
    keys.store.flush();
    const [source, target] = [this.#compartment(from), this.#compartment(into)];
    const standing = merges.all();
    if (standing.some((each) => each.from === from || each.from === into || each.into === from))
      throw new VaultError('retained', 'One of the two is part of another merge: take that one apart first.');
    const moved = keys.store.data.under(source.compartment);
    return {
      added: moved.map((row) => this.#wrapped(row, target.compartment)),
      removed: moved,
      merged: merges.row(merge, {
        compartment: source.compartment,
        into: target.compartment,
        name: source.name,
      }),
    };
  }

  /** What taking apart comes to: each data key goes to whom its own versions name. Throws `VaultError` `not-found`. */
  async unmerging(from: string): Promise<Rewrapping & { readonly merge: Merge }> {
    const { keys, merges, storage, index } = this.#parts;
    keys.store.flush();
    const merge = merges.all().find((each) => each.from === from);
    if (merge === undefined) throw new VaultError('not-found', 'This patient is not merged into another.');
    const { compartment, into, name } = merge.row;
    const plan = { kind: 'keys', keys: [index.member(name)], custody: 'resource' } as const;
    const members = await storage.find({ plan, order: [], limit: ALL_MEMBERS });
    const added: DataKeyRow[] = [];
    const removed: DataKeyRow[] = [];
    for (const { rid } of members) {
      const named = await this.#namedBy(rid);
      for (const row of keys.store.data.ofResource(rid)) {
        const patients = named.get(row.generation);
        if (row.compartment !== into || patients?.has(from) !== true) continue;
        added.push(this.#wrapped(row, compartment));
        if (!patients.has(merge.into)) removed.push(row);
      }
    }
    const { actor, time, into: survivor } = merge;
    return { added, removed, unmerged: compartment, merge: { from, into: survivor, actor, time } };
  }

  /** The patients that the versions of each generation name. */
  async #namedBy(rid: number): Promise<Map<number, Set<string>>> {
    const { storage } = this.#parts;
    const named = new Map<number, Set<string>>();
    const current = await storage.current(rid);
    if (current === undefined) return named;
    for (const row of await storage.history({ rid, limit: ALL_VERSIONS })) {
      if (row.sealed === null) continue;
      const patients = named.get(row.generation) ?? new Set();
      for (const patient of this.#reader.open(row, current.name).patients) patients.add(patient);
      named.set(row.generation, patients);
    }
    return named;
  }

  #wrapped(row: DataKeyRow, compartment: number): DataKeyRow {
    const { keys } = this.#parts;
    const { rid, generation, keyId } = row;
    return keys.wrapDataKey({ rid, generation, compartment, keyId }, keys.unwrapDataKey(row));
  }

  #compartment(patient: string): CompartmentRow {
    const { keys, index } = this.#parts;
    const name = index.names.of('Patient', patient);
    if (keys.isDestroyed(name, 'patient')) throw new VaultError('erased', 'This patient was erased.');
    const found = keys.store.compartmentNamed(name);
    if (found === undefined) throw new VaultError('not-found', 'Nothing is stored for such a patient.');
    return found;
  }
}
