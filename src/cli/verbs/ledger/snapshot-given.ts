import { resolve } from 'node:path';
import type { AgreedSnapshot } from '../../../ledger/index.ts';
import { CliError, EXIT } from '../../exit-code.ts';

const HASH = /^[0-9a-f]{64}$/i; // as holdfast ledger snapshot prints it

/** Options of a verb that joins from a snapshot. */
export interface SnapshotGiven {
  readonly snapshot?: string;
  readonly snapshotHash?: string;
}

/** The snapshot that a verb was given. Throws CliError `usage` unless its hash was given with it. */
export function snapshotGiven({ snapshot, snapshotHash }: SnapshotGiven): AgreedSnapshot {
  if (snapshot === undefined || snapshotHash === undefined || !HASH.test(snapshotHash))
    throw new CliError(
      EXIT.unusable,
      'usage',
      'Give --snapshot with --snapshot-hash, the 64 hexadecimal digits that holdfast ledger snapshot prints and other members tell you.',
    );
  return { folder: resolve(snapshot), hash: snapshotHash };
}
