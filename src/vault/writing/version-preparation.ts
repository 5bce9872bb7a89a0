import { custodyOf } from '../blind-index/blind-index.ts';
import type { Blind } from '../blind-index/blind-key.ts';
import {
  distinctRows,
  type IndexRows,
  NO_ROWS,
  packRows,
  rowsWithout,
  unpackRows,
} from '../blind-index/index-rows.ts';
import type { VersionWrite } from '../change.ts';
import { ContentSalts } from '../entries/commitments.ts';
import { type LedgerHead, makeEntry } from '../entries/event-making.ts';
import { VaultError } from '../error.ts';
import { sealVersion } from '../sealing/sealed-version.ts';
import type { CurrentRow } from '../storage/storage.ts';
import type { StoredVersion } from '../stored-version.ts';
import type { PreparationParts } from './change-preparation.ts';
import type { Member } from './member.ts';

const ID = /^[A-Za-z0-9\-.]{1,64}$/;
const TYPE = /^[A-Z][A-Za-z]{0,63}$/;

/** Turns versions into rows: checks their numbers, chooses their keys, blinds, commits and seals. */
export class VersionPreparation {
  readonly #parts: PreparationParts;
  /** Blind names in changes that are not durable yet: a second writer without a lock is refused. */
  readonly #pending = new Set<Blind>();

  constructor(parts: PreparationParts) {
    this.#parts = parts;
  }

  /** The member is durable, or will never be. */
  settle(member: Member): void {
    for (const name of member.pending) this.#pending.delete(name);
  }

  /** Adds a version to a member. `current` is the resource as it stands. Throws `VaultError`. */
  add(member: Member, write: VersionWrite, current: CurrentRow | undefined, head: LedgerHead): void {
    const { index, keys, numbers, organisation } = this.#parts;
    const { type, id, version } = write;
    const name = index.names.of(type, id);
    const audit = custodyOf(type) === 'audit';
    this.#requireWritable(write, current, name);
    this.#pending.add(name);
    member.pending.push(name);
    const entry = numbers.entry();
    const rid = current?.rid ?? (audit ? entry : numbers.rid());
    const { generation, key } = audit
      ? { generation: 0, key: keys.audit(entry) }
      : this.#dataKey(write, current, rid);
    const { text } = write;
    const salts = text === undefined ? undefined : audit ? keys.auditSalts(entry) : new ContentSalts(key);
    const event = {
      entry,
      kind: 'fhir.version',
      object: `${type}/${id}/_history/${version}`,
      actor: write.actor,
      time: write.lastUpdated,
      ...(text === undefined || salts === undefined ? {} : { content: { text, salts } }),
    };
    member.entries.push(makeEntry(event, organisation, head));
    const stored = storedOf(write);
    const sealed = sealVersion(key, stored, { organisation, type, name, version });
    const state = text === undefined ? 'deleted' : 'live';
    const updatedMs = Date.parse(write.lastUpdated);
    const before = current === undefined ? NO_ROWS : unpackRows(current.rows);
    const rows = this.#rowsOf(write, before, updatedMs);
    member.versions.push({ entry, rid, version, type, updatedMs, generation, state, sealed });
    member.resources.push({ rid, name, type, version, entry, state, rows: packRows(rows) });
    if (current === undefined) member.names.push({ name, rid });
    addRows(member, rid, before, rows);
    member.stored.push({ rid, version: this.#parts.reader.merged(stored) });
  }

  #requireWritable(
    { type, id, version, text, custody }: VersionWrite,
    current: CurrentRow | undefined,
    name: Blind,
  ): void {
    if (current?.state === 'erased' || (current === undefined && this.#parts.keys.isDestroyed(name))) {
      throw new VaultError('erased', 'This resource was erased: nothing more is stored under its id.');
    }
    if (this.#pending.has(name) || version !== (current?.version ?? 0) + 1) {
      throw new VaultError('version-conflict', 'The resource has been changed meanwhile: read it again.');
    }
    if (text === undefined && current === undefined) {
      throw new VaultError('not-found', 'There is no such resource to delete.');
    }
    if (custody !== undefined && custody !== custodyOf(type)) {
      throw new VaultError('malformed', `The custody of a ${type} is ${custodyOf(type)}.`);
    }
    if (text?.includes('\n') === true || !ID.test(id) || !TYPE.test(type)) {
      throw new VaultError('malformed', 'A resource is stored as canonical JSON under a FHIR id.');
    }
  }

  /** The same key while the resource stays with the same patients; a new generation when it moves. */
  #dataKey(
    write: VersionWrite,
    current: CurrentRow | undefined,
    rid: number,
  ): { generation: number; key: Buffer } {
    const { keys } = this.#parts;
    const compartments = [...new Set(this.#standing(write.patients).map((name) => keys.compartmentOf(name)))];
    if (current === undefined) return { generation: 0, key: keys.newDataKey(rid, 0, compartments) };
    const { generation } = current;
    const key = sameSet(this.#patientsOf(current), this.#parts.merges.with(write.patients))
      ? keys.dataKey(rid, generation)
      : undefined;
    if (key !== undefined) return { generation, key };
    return { generation: generation + 1, key: keys.newDataKey(rid, generation + 1, compartments) };
  }

  /** Blind names of patients that are not erased. Throws `VaultError` `erased` when all of them are. */
  #standing(patients: readonly string[]): Blind[] {
    const { index, keys } = this.#parts;
    const names = [...new Set(patients)].map((patient) => index.names.of('Patient', patient));
    const standing = names.filter((name) => !keys.isDestroyed(name, 'patient'));
    if (standing.length === 0 && names.length > 0) {
      throw new VaultError(
        'erased',
        'This patient was erased: nothing more is stored for them under this id.',
      );
    }
    return standing;
  }

  #patientsOf(current: CurrentRow): readonly string[] {
    return (this.#parts.cache.ofRow(current.rid) ?? this.#parts.reader.openCurrent(current)).patients;
  }

  /** Memberships stay when a resource is deleted or moves: an erasure must find what was ever in a compartment. */
  #rowsOf(
    { type, text, patients, index: entries }: VersionWrite,
    before: IndexRows,
    updatedMs: number,
  ): IndexRows {
    const { index } = this.#parts;
    const now = custodyOf(type) === 'audit' ? [] : this.#standing(patients).map((name) => index.member(name));
    const members = [...new Set([...before.members, ...now])];
    return text === undefined
      ? { ...NO_ROWS, members }
      : distinctRows(index.rows(type, entries, updatedMs), members);
  }
}

function addRows(member: Member, rid: number, before: IndexRows, rows: IndexRows): void {
  const added = rowsWithout(rows, before);
  const removed = rowsWithout(before, rows);
  member.keys.push({ rid, groups: [added.keys, added.members] });
  for (const span of added.spans) member.spans.push({ rid, ...span });
  for (const key of removed.keys) member.removedPostings.push({ key, rids: [rid] });
  for (const span of removed.spans) member.removedSpans.push({ rid, ...span });
}

function storedOf({ type, id, version, lastUpdated, text, patients, facts }: VersionWrite): StoredVersion {
  const stored = { type, id, version, lastUpdated, patients, facts };
  return text === undefined ? { ...stored, deleted: true } : { ...stored, text };
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  const set = new Set(a);
  return set.size === new Set(b).size && b.every((each) => set.has(each));
}
