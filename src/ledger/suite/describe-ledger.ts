import { describe } from 'vitest';
import { describeBlocks } from './describe-blocks.ts';
import { describeEvidence } from './describe-evidence.ts';
import { describeRefusals } from './describe-refusals.ts';
import { describeTransactions } from './describe-transactions.ts';
import type { StartEngine } from './test-network.ts';

/** What every engine must do, said once: runs against the `Ledger` interface and nothing else. */
export function describeLedger(name: string, start: StartEngine): void {
  describe(`the ledger on the ${name} engine`, () => {
    describeTransactions(start);
    describeRefusals(start);
    describeBlocks(start);
    describeEvidence(start);
  });
}
