import type { Event } from '../../proof/index.ts';
import type { Findings } from './findings.ts';

/** What entries say must be there beside them: holds that were not released, and tombstones. */
export class StandingOrders {
  readonly #holds = new Set<string>();
  readonly #tombstones = new Map<number, string>();

  /** Takes note of one event. */
  see(entry: number, { kind, object }: Event, content: string): void {
    if (kind === 'erasure') this.#tombstones.set(entry, object);
    if (kind !== 'administration' || !object.startsWith('hold/')) return;
    if (content.includes('"released"')) this.#holds.delete(object);
    else this.#holds.add(object);
  }

  /** Holds what stands against what entries say. */
  check(holds: readonly { readonly id: string }[], tombstones: readonly number[], findings: Findings): void {
    const standing = new Set(holds.map(({ id }) => `hold/${id}`));
    for (const object of this.#holds) {
      if (!standing.has(object))
        findings.add('hold-damaged', object, 'the hold was placed and not released, and it is not stored');
    }
    const listed = new Set(tombstones);
    for (const [entry, object] of this.#tombstones) {
      if (!listed.has(entry))
        findings.add('erasure-incomplete', object, 'its tombstone is in the log and not in the list');
    }
  }
}
