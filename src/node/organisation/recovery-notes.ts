import type { Database } from '../../database/index.ts';
import type { OnRecovered } from '../../log/index.ts';
import { relocateEntries, type Vault } from '../../vault/index.ts';
import type { NodeLog } from '../node-log.ts';

/** What came back from the mirrors, to be logged as `recovery` events once the vault is open. */
export interface RecoveryNotes {
  readonly onRecovered: OnRecovered;
  /** Logs what was noted since the last call. */
  readonly log: (vault: Vault, now: () => Date) => Promise<void>;
}

/** Follows recoveries of a log: openings move with their entries, and what was lost is noted. */
export function recoveryNotes(organisation: string, data: Database, nodeLog: NodeLog): RecoveryNotes {
  const pending: { first: number; beyond: number }[] = [];
  return {
    onRecovered: ({ first, beyond, moved }) => {
      if (moved !== undefined) relocateEntries(data, moved);
      pending.push({ first, beyond });
      nodeLog.warn('leaves came back from mirrors; their openings are lost', { organisation, first, beyond });
    },
    log: async (vault, now) => {
      const events = pending.splice(0).map(({ first, beyond }) => {
        return {
          kind: 'recovery',
          object: `log/${first}-${beyond - 1}`,
          actor: 'holdfast',
          time: now().toISOString(),
        };
      });
      if (events.length > 0) await vault.commit({ events });
    },
  };
}
