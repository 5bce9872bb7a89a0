import { consentContract } from '../../consent/index.ts';
import { membershipContract } from '../../identity/index.ts';
import type { Contract } from '../../ledger/index.ts';
import { anchorsContract } from '../../log/index.ts';

/** Every contract in every version that this program has: what an engine runs (DESIGN §2). */
export const contracts: readonly Contract[] = [membershipContract, anchorsContract, consentContract];
