import type { Vault } from '../../vault/index.ts';
import type { Member } from './group-members.ts';
import { type GroupContent, readGroup } from './group-reader.ts';
import { holds } from './period.ts';

const NO_GROUPS: readonly string[] = [];

/** A resource that was written, by its relative reference. */
export type Written = readonly string[] | 'anything';

/**
 * Who belongs to the teams, groups, roles and organisations that active consents here name. Those alone are held, in memory, so that
 * a decision costs one look-up; a changed one is read again before whoever changed it is answered. While one is being read, and of
 * one that is too large, it is unknown who belongs to it, which denies (see `isActor`); the others are as they were.
 */
export class GroupRegister {
  readonly #vault: Pick<Vault, 'read' | 'search'>;
  /** Groups that a consent names. */
  readonly #namedBy = new Map<string, readonly string[]>();
  /** What is known of a group; undefined while it is being read. */
  readonly #groups = new Map<string, GroupContent | undefined>();
  /** The groups that somebody belongs to. */
  readonly #ofPerson = new Map<string, Map<string, Member[]>>();
  /** The newest reading of each group: an older one that ends later counts for nothing. */
  readonly #newest = new Map<string, number>();
  #readings = 0;
  /** Groups of which it is not known who belongs to them. */
  readonly #unknown = new Set<string>();
  /** Those as they were when last asked for; undefined when one has changed since. */
  #unknownNow: ReadonlySet<string> | undefined;
  /** Resolves when nothing is being read, whatever came of it. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(vault: Pick<Vault, 'read' | 'search'>) {
    this.#vault = vault;
  }

  /** The groups that an active consent names, none when it is not active any more. Resolves when they are known. */
  name(consent: string, groups: readonly string[]): Promise<unknown> {
    const before = this.#namedBy.get(consent) ?? NO_GROUPS;
    if (groups.length === 0) this.#namedBy.delete(consent);
    else this.#namedBy.set(consent, groups);
    const added = groups.filter((group) => !this.#groups.has(group));
    const named = new Set([...this.#namedBy.values()].flat());
    for (const group of before) if (!named.has(group)) this.#forget(group);
    return added.length === 0 ? this.#reading : this.#read(added);
  }

  /** The groups that a person is known to belong to at an instant, among those that consents name. */
  groupsOf(person: string, nowMs: number): readonly string[] {
    const groups = this.#ofPerson.get(person);
    if (groups === undefined) return NO_GROUPS;
    return [...groups].flatMap(([group, memberships]) =>
      memberships.some((membership) => holds(membership, nowMs)) ? [group] : NO_GROUPS,
    );
  }

  /** Groups that consents name and whose members are not known. A set once answered does not change afterwards. */
  unknown(): ReadonlySet<string> {
    this.#unknownNow ??= new Set(this.#unknown);
    return this.#unknownNow;
  }

  /**
   * Number of the newest reading; undefined while a group that a consent names is being read, or could not be. Twice the same number says
   * that nothing decided in between rested on what was being read. One that is too large is known to stay unknown.
   */
  knownReading(): number | undefined {
    for (const group of this.#unknown) if (this.#groups.get(group) === undefined) return undefined;
    return this.#readings;
  }

  /**
   * Reads again what rests on what was written, and tries anew what could not be read; resolves when it is known. Rejects for what rests
   * on it alone: that something else cannot be read was told when it was read first.
   */
  written(what: Written): Promise<unknown> {
    const changed = [...this.#groups].flatMap(([group, content]) =>
      content === undefined || rests(content, what) ? [group] : NO_GROUPS,
    );
    const told = changed.filter(
      (group) => this.#groups.get(group) !== undefined || what === 'anything' || what.includes(group),
    );
    return changed.length === 0 ? this.#reading : this.#read(changed, told);
  }

  /** Whether a group that a consent names rests on one of these resources. */
  isNamed(what: Written): boolean {
    return [...this.#groups.values()].some((content) => content === undefined || rests(content, what));
  }

  #read(groups: readonly string[], told = groups): Promise<unknown> {
    this.#readings += 1;
    const reading = this.#readings;
    for (const group of groups) {
      this.#set(group, undefined);
      this.#newest.set(group, reading);
    }
    const done = this.#reading.then(() => this.#readEach(groups, reading, told));
    this.#reading = done.catch(() => undefined);
    return done;
  }

  /** One that cannot be read stays unknown, and hinders no other. Throws what stood in the way of one that is `told` of. */
  async #readEach(groups: readonly string[], reading: number, told: readonly string[]): Promise<void> {
    const faults: unknown[] = [];
    for (const group of groups) {
      try {
        const content = await readGroup(this.#vault, group);
        if (this.#newest.get(group) === reading) this.#set(group, content);
      } catch (error) {
        if (told.includes(group)) faults.push(error);
      }
    }
    if (faults.length > 0) throw faults[0];
  }

  #set(group: string, content: GroupContent | undefined): void {
    this.#forget(group);
    this.#groups.set(group, content);
    if (content?.members === undefined) this.#noteUnknown(group);
    for (const member of content?.members ?? []) {
      const groups = this.#ofPerson.get(member.reference) ?? new Map<string, Member[]>();
      groups.set(group, [...(groups.get(group) ?? []), member]);
      this.#ofPerson.set(member.reference, groups);
    }
  }

  #forget(group: string): void {
    if (!this.#groups.has(group)) return;
    this.#newest.delete(group);
    const content = this.#groups.get(group);
    if (this.#unknown.delete(group)) this.#unknownNow = undefined;
    for (const { reference } of content?.members ?? []) {
      const groups = this.#ofPerson.get(reference);
      groups?.delete(group);
      if (groups?.size === 0) this.#ofPerson.delete(reference);
    }
    this.#groups.delete(group);
  }

  #noteUnknown(group: string): void {
    this.#unknown.add(group);
    this.#unknownNow = undefined;
  }
}

function rests({ restsOn }: GroupContent, what: Written): boolean {
  if (what === 'anything') return true;
  return what.some(
    (reference) => restsOn.has(reference) || restsOn.has(reference.slice(0, reference.indexOf('/'))),
  );
}
