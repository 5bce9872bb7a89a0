import type { Awaitable } from '../awaitable.ts';
import type { Change, Logged } from '../change.ts';
import { type EventDraft, makeEntry } from '../entries/event-making.ts';
import { VaultError } from '../error.ts';
import type { Reader } from '../vault.ts';
import { ChangePreparation, type PreparationParts } from './change-preparation.ts';
import type { Committer } from './committer.ts';
import { changedKeys, gather } from './group.ts';
import { GroupCommit } from './group-commit.ts';
import { readAhead, readNow } from './locked-reader.ts';
import { emptyMember, type Member } from './member.ts';
import { ResourceLocks } from './resource-locks.ts';

/** What changes are written with. */
export interface WritingParts extends PreparationParts {
  readonly committer: Committer;
}

/** Writes changes: prepared one by one, committed together. */
export class Writer {
  readonly #parts: WritingParts;
  readonly #preparation: ChangePreparation;
  readonly #group: GroupCommit<Member>;
  readonly #locks = new ResourceLocks();
  #closed = false;

  constructor(parts: WritingParts) {
    this.#parts = parts;
    this.#preparation = new ChangePreparation(parts);
    this.#group = new GroupCommit(
      (members) => this.#commitGroup(members),
      ({ erasures }) => {
        if (erasures !== parts.keys.erasures)
          throw new VaultError('busy', 'Something was erased meanwhile: try again.');
      },
    );
  }

  /** As `Vault.transact`. */
  async transact<T>(
    locks: readonly string[],
    build: (read: Reader) => { change: Change; result: T },
  ): Promise<{ result: T; receipts: Logged[] }> {
    const release = await this.#locks.acquire(locks);
    try {
      const { storage, reader } = this.#parts;
      const read = storage.answersAtOnce ? readNow(reader) : await readAhead(reader, locks);
      const { change, result } = build(read);
      return { result, receipts: await this.commit(change) };
    } finally {
      release();
    }
  }

  /** As `Vault.commit`. */
  commit(change: Change): Promise<Logged[]> {
    return this.#write(() => this.#preparation.prepare(change));
  }

  /** Commits one event of the vault's own, with rows that belong to it. */
  commitEvent(
    draft: Omit<EventDraft, 'entry' | 'content' | 'kept'> & { text: string },
    rows: (entry: number) => Partial<Member>,
  ): Promise<Logged[]> {
    return this.#write(() => {
      const head = this.#parts.ledgerHead();
      if (head === undefined)
        throw new VaultError('not-ready', 'No ledger block has been seen yet: wait until /ready.');
      const { text, ...said } = draft;
      const entry = this.#parts.numbers.entry();
      const content = { text, salts: this.#parts.keys.auditSalts(entry) };
      const prepared = makeEntry(
        { ...said, entry, content, kept: { content: text } },
        this.#parts.organisation,
        head,
      );
      return { ...emptyMember(this.#parts.keys.erasures), entries: [prepared], ...rows(entry) };
    });
  }

  /** Holds locks while `work` runs. */
  async exclusively<T>(locks: readonly string[], work: () => Promise<T>): Promise<T> {
    const release = await this.#locks.acquire(locks);
    try {
      return await work();
    } finally {
      release();
    }
  }

  /**
   * Works on the stored rows while no commit is under way: a group that was found good must not reach the disk after an
   * erasure of what it builds on.
   */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#group.alone(work);
  }

  /** Resolves when everything accepted so far is durable or refused. */
  idle(): Promise<void> {
    return this.#group.idle();
  }

  /** Refuses what comes from now on; resolves once what was accepted is durable or refused, and the committer let go. */
  async close(): Promise<void> {
    if (this.#closed) return this.#group.idle();
    this.#closed = true;
    await this.#group.idle();
    await this.#parts.committer.close();
  }

  /** Nothing is held on to but the member while it waits: what it was made from can be collected. */
  #write(prepare: () => Awaitable<Member>): Promise<Logged[]> {
    try {
      if (this.#closed) throw new VaultError('unavailable', 'The vault is closed.');
      this.#group.requireRoom();
      const prepared = prepare();
      return prepared instanceof Promise
        ? prepared.then((member) => this.#enqueue(member))
        : this.#enqueue(prepared);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #enqueue(member: Member): Promise<Logged[]> {
    if (member.entries.length === 0) return [];
    try {
      const leaf = await this.#group.enqueue(member);
      return member.entries.map(({ eventId, object }, at) => ({ eventId, object, leaf: leaf + at }));
    } finally {
      this.#preparation.settle(member);
    }
  }

  async #commitGroup(members: readonly Member[]): Promise<number[]> {
    const { keys, committer, cache, storage } = this.#parts;
    const group = gather(members);
    // The first entry of a series makes its audit key.
    for (const { entry } of group.entries) keys.audit(entry);
    // Keys first: data must never be on disk without the key that opens it.
    keys.store.flush();
    let leaf: number;
    try {
      leaf = await committer.commit(group, (entry) => keys.audit(entry));
    } finally {
      // Whatever became of it, and before anybody is answered.
      storage.forget(changedKeys(group));
    }
    return members.map((member) => {
      for (const { rid, version } of member.stored) cache.put(rid, version);
      const mine = leaf;
      leaf += member.entries.length;
      return mine;
    });
  }
}
