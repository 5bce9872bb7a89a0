import { LedgerError } from '../ledger/index.ts';
import { ConsentError, type ConsentErrorCode } from './errors.ts';

/** The contract's own answers: final. Anything else (a suspension, a clock) may pass, and a revocation waits for that. */
const REFUSALS: Partial<Record<string, ConsentErrorCode>> = {
  revoked: 'consent-revoked',
  signature: 'signature-invalid',
  'not-custodian': 'not-custodian',
  'unknown-consent': 'consent-unknown',
  exists: 'sequence-conflict',
  malformed: 'ledger-rejected',
  vetoed: 'ledger-rejected',
  'no-proposal': 'ledger-rejected',
  'no-anchor': 'ledger-rejected',
  'no-key': 'ledger-rejected',
  'too-early': 'too-early',
};

/** The conflict of a ledger that others kept too busy: nothing has taken the step's place. */
const CONTENDED = 'contended';

/** What the ledger refused for good; undefined while it may still come to it. Throws again what is no answer of a ledger. */
export function refusalOf(error: unknown): ConsentError | undefined {
  if (!(error instanceof LedgerError)) throw error;
  const { code, reason, message } = error;
  const isOvertaken = code === 'conflict' && reason !== CONTENDED;
  const refusal = isOvertaken ? 'sequence-conflict' : code === 'rejected' && REFUSALS[reason ?? ''];
  return refusal ? new ConsentError(refusal, `The ledger refused: ${message}.`, { cause: error }) : undefined;
}
