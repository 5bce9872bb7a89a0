import type { FollowedAudit, Vault } from '../vault/index.ts';
import type { RecordStore } from './record-store.ts';

/** Somebody who keeps up with the audit trail. */
export interface Follower {
  /** Under this name its position is kept. */
  readonly name: string;
  /** Where it begins the first time: at the first entry ever, or at what comes next. */
  readonly begin: 'first' | 'next';
  /** AuditEvents taken at once. */
  readonly batch: number;
  /** Takes AuditEvents in their order; resolves when it is done with them for good. What it throws makes them come again. */
  readonly take: (audits: readonly FollowedAudit[]) => Promise<void>;
}

/**
 * One round: hands over what came since the last one, batch by batch, and notes after each how far it is. At least once, in order,
 * across restarts; nothing is read ahead of what was taken, so a slow follower holds up itself and nobody else. Resolves to how many
 * AuditEvents were taken; at most `maxBatches` batches, so that a backlog does not hold up what runs beside it.
 */
export async function followOnce(
  vault: Pick<Vault, 'auditsAfter' | 'newestEntry'>,
  store: RecordStore,
  follower: Follower,
  maxBatches: number,
): Promise<number> {
  let position = store.position(follower.name);
  if (position === undefined) {
    position = follower.begin === 'first' ? 0 : await vault.newestEntry();
    store.advance(follower.name, position);
  }
  let taken = 0;
  for (let batch = 0; batch < maxBatches; batch += 1) {
    const { audits, last } = await vault.auditsAfter(position, follower.batch);
    if (last === position) break;
    if (audits.length > 0) await follower.take(audits);
    store.advance(follower.name, last);
    position = last;
    taken += audits.length;
  }
  return taken;
}
