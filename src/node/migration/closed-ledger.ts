import { type ContinuedFrom, LedgerError, type Write } from '../../ledger/index.ts';
import type { Configuration } from '../configuration.ts';
import { NodeError } from '../errors.ts';
import { accessFolder } from '../operations/folder-access.ts';
import { snapshotFolder } from '../operations/folder-snapshot.ts';
import { ledgerIdOf } from '../operations/ledger-view.ts';
import { activeMembers, closedAt, requireMembers } from './close-ledger.ts';

/** A ledger that was closed, as it lies in a data folder. */
export interface ClosedLedger {
  readonly id: string;
  /** The block that closed it. */
  readonly closed: ContinuedFrom;
  /** Every value of its state that goes on, in the order of their keys. */
  readonly state: readonly Write[];
}

/** Whether the ledger of a data folder is closed; changes nothing. Throws NodeError `input-unusable` when there is none. */
export async function isClosed(configuration: Configuration): Promise<boolean> {
  const { ledger, release } = await openLedger(configuration);
  try {
    return (await closedAt(ledger)) !== undefined;
  } finally {
    release();
  }
}

/**
 * Reads the closed ledger of a data folder, every block of it checked. Throws LedgerError `unavailable` `tampered` when blocks or state
 * were changed from outside, NodeError `ledger-open` when it was never closed, and as `requireMembers`.
 */
export async function readClosedLedger(configuration: Configuration): Promise<ClosedLedger> {
  const { ledger, release } = await openLedger(configuration);
  try {
    const [problem] = await ledger.problems();
    if (problem !== undefined) {
      const sentence = `the stored ledger was changed at height ${problem.height} (${problem.code}); restore it from a backup`;
      throw new LedgerError('unavailable', sentence, { reason: 'tampered' });
    }
    const [id, height] = [await ledgerIdOf(ledger), await closedAt(ledger)];
    const block = height === undefined ? undefined : ledger.hashAt(height);
    if (id === undefined || height === undefined || block === undefined) throw ledgerOpen();
    requireMembers(
      await activeMembers(ledger),
      configuration.organisations.map((each) => each.id),
    );
    return { id, closed: { height, block }, state: ledger.carried() };
  } finally {
    release();
  }
}

/** What a ledger that is still open gets. */
export function ledgerOpen(): NodeError {
  const sentence =
    'The ledger is not closed: when its members have agreed, add --close to close it for good.';
  return new NodeError('ledger-open', sentence);
}

async function openLedger({ data, organisations }: Configuration) {
  const access = accessFolder(data);
  const snapshot = await snapshotFolder(
    access,
    data,
    organisations.map(({ id }) => id),
  );
  const { ledger } = snapshot;
  const release = () => {
    snapshot.close();
    access.release();
  };
  if (ledger !== undefined) return { ledger, release };
  release();
  throw new NodeError('input-unusable', 'This folder holds no embedded ledger: nothing is to be migrated.');
}
