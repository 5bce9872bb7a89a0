import { type Awaitable, after, all } from '../awaitable.ts';
import type { Change, EventWrite, ResourceName } from '../change.ts';
import type { LedgerHead } from '../entries/event-making.ts';
import { VaultError } from '../error.ts';
import type { ReadingParts, VersionReader } from '../reading/version-reader.ts';
import type { CurrentRow } from '../storage/storage.ts';
import { addAudit, addEvent } from './event-preparation.ts';
import { emptyMember, type Member } from './member.ts';
import type { Numbers } from './numbers.ts';
import { VersionPreparation } from './version-preparation.ts';

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
 * Turns changes into rows. All that can fail for a reason of the change's own fails here, before it joins others in a
 * commit.
 */
export class ChangePreparation {
  readonly #parts: PreparationParts;
  readonly #versions: VersionPreparation;

  constructor(parts: PreparationParts) {
    this.#parts = parts;
    this.#versions = new VersionPreparation(parts);
  }

  /** The member of a change. Throws `VaultError`, having changed nothing. `settle` it once it is durable or has failed. */
  prepare(change: Change): Awaitable<Member> {
    const names = new Map<string, ResourceName>();
    for (const { type, id } of change.versions ?? []) names.set(`${type}/${id}`, { type, id });
    for (const event of change.events ?? []) {
      const source = sourceOf(event);
      if (source !== undefined) names.set(`${source.type}/${source.id}`, source);
    }
    return after(this.#currents([...names]), (currents) => this.#build(change, currents));
  }

  /** The member is durable, or will never be. */
  settle(member: Member): void {
    this.#versions.settle(member);
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
    const currentOf = (name: ResourceName | undefined) => name && currents.get(`${name.type}/${name.id}`);
    try {
      for (const version of change.versions ?? []) {
        this.#versions.add(member, version, currentOf(version), head);
      }
      for (const audit of change.audits ?? []) addAudit(this.#parts, member, audit, head);
      for (const event of change.events ?? []) {
        addEvent(this.#parts, member, event, currentOf(sourceOf(event)), head);
      }
    } catch (error) {
      this.settle(member);
      throw error;
    }
    return member;
  }
}

/** The resource under whose key an event's content is kept; undefined for none and for the audit key. */
function sourceOf({ content }: EventWrite): ResourceName | undefined {
  return content === undefined || content.sourceKey === 'audit' ? undefined : content.sourceKey;
}
