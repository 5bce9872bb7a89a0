import type { Mutation } from '../mutation.ts';
import { accessMutations } from './access.ts';
import { auditMutations } from './audit.ts';
import { consentMutations } from './consent.ts';
import { emergencyMutations } from './emergency.ts';
import { ledgerMutations } from './ledger.ts';
import { networkMutations } from './network.ts';
import { proofMutations } from './proof.ts';
import { rightsMutations } from './rights.ts';
import { signInMutations } from './sign-in.ts';
import { storageMutations } from './storage.ts';

/** Every safeguard that is taken out in turn. */
export const mutations: readonly Mutation[] = [
  ...accessMutations,
  ...emergencyMutations,
  ...consentMutations,
  ...auditMutations,
  ...rightsMutations,
  ...signInMutations,
  ...storageMutations,
  ...networkMutations,
  ...ledgerMutations,
  ...proofMutations,
];
