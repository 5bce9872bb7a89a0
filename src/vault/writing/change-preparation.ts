import { type Awaitable, after, all } from '../awaitable.ts';
import { custodyOf } from '../blind-index/blind-index.ts';
import { type Blind, blindId } from '../blind-index/blind-key.ts';
import { distinctRows, type IndexRows, NO_ROWS, packRows, unpackRows } from '../blind-index/index-rows.ts';
import type { AuditWrite, Change, ResourceName, VersionWrite } from '../change.ts';
import { ContentSalts } from '../entries/commitments.ts';
import { type EventDraft, type LedgerHead, makeEntry } from '../entries/event-making.ts';
import { VaultError } from '../error.ts';
import type { ReadingParts, VersionReader } from '../reading/version-reader.ts';
import { sealVersion } from '../sealing/sealed-version.ts';
import type { CurrentRow } from '../storage/storage.ts';
import { addEvent } from './event-preparation.ts';
import { emptyMember, type Member } from './member.ts';
import { addRows, storedOf } from './member-rows.ts';
import type { Numbers } from './numbers.ts';

/** What a change is prepared with. */
export interface PreparationParts extends ReadingParts {
  readonly reader: VersionReader;
  readonly numbers: Numbers;
  /** Undefined before block 0 is seen. */
  readonly ledgerHead: () => LedgerHead | undefined;
}

/** Resources that a change builds on, by `Type/id`. */
type Currents = ReadonlyMap<string, CurrentRow | undefined>;

/**
 * Turns changes into rows: checks versions, makes events and commitments, blinds, seals. All that can fail for a reason of
 * the change's own fails here, before it joins others in a commit.
 */
export class ChangePreparation {
  readonly #parts: PreparationParts;
  /** Blind names in changes that are not durable yet: a second writer without a lock is refused. */
  readonly #pending = new Set<Blind>();

  constructor(parts: PreparationParts) {
    this.#parts = parts;
  }

  /** The member of a change. Throws `VaultError`, having changed nothing. `settle` it once it is durable or has failed. */
  prepare(change: Change): Awaitable<Member> {
    const names = new Map<string, ResourceName>();
    for (const { type, id } of change.versions ?? []) names.set(`${type}/${id}`, { type, id });
    for (const { content } of change.events ?? []) {
      const source = content?.sourceKey;
      if (source !== undefined && source !== 'audit') names.set(`${source.type}/${source.id}`, source);
    }
    return after(this.#currents([...names]), (currents) => this.#build(change, currents));
  }

  /** The member is durable, or will never be. */
  settle(member: Member): void {
    for (const name of member.pending) this.#pending.delete(name);
  }

  #currents(names: readonly (readonly [string, ResourceName])[]): Awaitable<Currents> {
    const { reader } = this.#parts;
    const found = all(names.map(([, { type, id }]) => reader.currentOf(type, id)));
    return after(found, (rows) => new Map(names.map(([name], at) => [name, rows[at]])));
  }

  #build(change: Change, currents: Currents): Member {
    const head = this.#parts.ledgerHead();
    if (head === undefined) {
      throw new VaultError(
        'not-ready',
        'No ledger block has been seen yet, so nothing can be logged: wait until /ready.',
      );
    }
    const member = emptyMember(this.#parts.keys.erasures);
    try {
      for (const version of change.versions ?? []) {
        this.#addVersion(member, version, currents.get(`${version.type}/${version.id}`), head);
      }
      for (const audit of change.audits ?? []) this.#addAudit(member, audit, head);
      for (const event of change.events ?? []) addEvent(this.#parts, member, event, currents, head);
    } catch (error) {
      this.settle(member);
      throw error;
    }
    return member;
  }

  #addVersion(member: Member, write: VersionWrite, current: CurrentRow | undefined, head: LedgerHead): void {
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
    member.entries.push(
      this.#entry(
        {
          entry,
          kind: 'fhir.version',
          object: `${type}/${id}/_history/${version}`,
          actor: write.actor,
          time: write.lastUpdated,
          ...(text === undefined || salts === undefined ? {} : { content: { text, salts } }),
        },
        head,
      ),
    );
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
    member.stored.push({ rid, version: stored });
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
    if (
      text?.includes('\n') === true ||
      !/^[A-Za-z0-9\-.]{1,64}$/.test(id) ||
      !/^[A-Z][A-Za-z]{0,63}$/.test(type)
    ) {
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
    const compartments = this.#standing(write.patients).map((name) => keys.compartmentOf(name));
    if (current === undefined) return { generation: 0, key: keys.newDataKey(rid, 0, compartments) };
    const { generation } = current;
    const key = sameSet(this.#patientsOf(current), write.patients)
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

  #addAudit(
    member: Member,
    { id, text, time, actor, patients, kind, ...write }: AuditWrite,
    head: LedgerHead,
  ): void {
    const { index, keys, numbers } = this.#parts;
    const entry = numbers.entry();
    member.entries.push(
      this.#entry(
        {
          entry,
          id,
          kind: kind ?? 'fhir.access',
          object: `AuditEvent/${id}/_history/1`,
          actor,
          time,
          content: { text, salts: keys.auditSalts(entry) },
          kept: { content: text, patients },
        },
        head,
      ),
    );
    const rows = index.rows('AuditEvent', write.index, Date.parse(time));
    // Its id is random: it stands beside the blind values, not in an index of its own.
    member.keys.push({ rid: entry, groups: [[blindId(id)], ...rows.groups] });
    for (const span of rows.spans) member.spans.push({ rid: entry, ...span });
  }

  #entry(draft: EventDraft, head: LedgerHead) {
    return makeEntry(draft, this.#parts.organisation, head);
  }
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  const set = new Set(a);
  return set.size === new Set(b).size && b.every((each) => set.has(each));
}
