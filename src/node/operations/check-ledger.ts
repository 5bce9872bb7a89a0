import {
  checkLedgerLog,
  type LedgerLogProblemCode,
  type LedgerProblemCode,
  type StoredLedger,
} from '../../ledger/index.ts';
import type { FolderFindings } from './folder-report.ts';
import type { OrganisationSnapshot } from './folder-snapshot.ts';

const LEDGER_SENTENCES: Record<LedgerProblemCode, string> = {
  'block-missing': 'A block is missing, or its number is wrong.',
  'block-changed': 'The content of a block does not have its hash.',
  'block-unlinked': 'A block does not follow the one before it.',
  'transaction-forged': 'A transaction is not what a member signed.',
  'index-changed': 'The index of transactions does not agree with the blocks.',
  'state-changed': 'The state is not what the blocks give.',
};

const LOG_SENTENCES: Record<LedgerLogProblemCode, string> = {
  'ledger-log-entry': 'The ledger log has another block here than the ledger.',
  'ledger-log-index': "The ledger log's index of transactions does not agree with the block.",
  'ledger-log-node': 'A hash of the ledger log is not what its entries give.',
  'ledger-log-checkpoint': 'The checkpoint that members signed is of another tree than the ledger log.',
};

/** Checks every block from genesis on, and index and state against them. True when the blocks can be relied on. */
export async function checkLedger(ledger: StoredLedger, findings: FolderFindings): Promise<boolean> {
  findings.counts.blocks = ledger.head.height + 1;
  const problems = await ledger.problems();
  for (const { code, height } of problems) {
    findings.add({ code, organisation: 'ledger', object: `block/${height}`, detail: LEDGER_SENTENCES[code] });
  }
  return problems.length === 0;
}

/** Checks a member's ledger log against blocks that can be relied on. */
export function checkMemberLog(
  { id, databases }: OrganisationSnapshot,
  ledger: StoredLedger,
  findings: FolderFindings,
): void {
  const database = databases.get('ledgerLog');
  if (database === undefined) return;
  for (const { code, height } of checkLedgerLog(database, ledger.blocks())) {
    findings.add({ code, organisation: id, object: `block/${height}`, detail: LOG_SENTENCES[code] });
  }
}
