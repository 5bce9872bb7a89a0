import { randomBytes } from 'node:crypto';
import { randomId } from '../../src/crypto/index.ts';
import type { Transaction } from '../../src/ledger/index.ts';
import { toBase64 } from '../../src/proof/index.ts';

/** A consent that its custodian recorded, of a new id: an ordinary transaction that touches no object of another. */
export const independentGrant = (): Transaction => ({
  contract: 'consent',
  name: 'grant',
  args: { id: randomId(), statement: toBase64(randomBytes(32)), sequence: 1, recordedBy: 'custodian' },
});
