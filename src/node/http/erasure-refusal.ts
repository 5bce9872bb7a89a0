import { IdentityError, identityProblem } from '../../identity/index.ts';
import { LedgerError } from '../../ledger/index.ts';
import { VaultError } from '../../vault/index.ts';

/** The same for what is hidden and for what is not there. */
export const ABSENT = 'There is nothing of that name here, or you may not touch it.';

const STATUS: Partial<Record<VaultError['code'], number>> = {
  retained: 409,
  'not-found': 404,
  erased: 410,
  malformed: 400,
  full: 507,
  busy: 503,
};

/** How an error of the erasure routes is answered; undefined for a fault. */
export function refusalOf(error: unknown): { status: number; code: string; detail: string } | undefined {
  if (error instanceof IdentityError) return identityProblem(error);
  if (error instanceof LedgerError)
    return { status: 503, code: 'ledger-unavailable', detail: 'The ledger cannot be asked now; try again.' };
  if (!(error instanceof VaultError)) return undefined;
  const status = STATUS[error.code];
  if (status === undefined) return undefined;
  return { status, code: error.code, detail: error.code === 'not-found' ? ABSENT : error.message };
}
