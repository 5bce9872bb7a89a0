import { nativePrimitives } from '../crypto/index.ts';
import type { Principal } from '../identity/index.ts';
import { consentMessage, verifyStatement } from '../proof/index.ts';
import type { ConsentServices } from './consent-services.ts';
import {
  type ConsentOnLedger,
  knownConsent,
  requireNotRevoking,
  requireSequence,
  type StepAnswer,
  stepAnswer,
} from './consent-step.ts';
import type { ConsentState } from './contract-state.ts';
import { ConsentError } from './errors.ts';
import type { RebindingRequest, VetoRequest } from './request.ts';
import { requireStaff, requireStaffStep, type StaffStepServices } from './staff.ts';

/**
 * Binds a consent to a new key: at once when the old key signs, at any member; by the custodian's staff first as a proposal,
 * and, asked again once 72 h lie between its anchors, for good. Until then the answer is pending. Throws ConsentError.
 */
export async function rebindConsent(
  services: StaffStepServices,
  id: string,
  request: RebindingRequest,
  principal: Principal | undefined,
): Promise<StepAnswer> {
  const { sequence, newKey, signature } = request;
  const { state } = await knownConsent(services, id);
  if (signature === undefined) return rebindByCustodian(services, state, request, principal);
  // Said again after it is final: signed by the key before, which the ledger has checked. Nothing is accepted, nothing submitted.
  if (newKey === state.subjectKey && sequence === state.sequence && state.status === 'active')
    return { id, sequence, status: 'active' };
  requireOldKey(services, state, { action: 'rebind', sequence, newKey, signature });
  const args = { id, sequence, newKey, signature };
  return settle(services, 'rebind', args, principal?.id ?? 'patient-key');
}

/** Stops a proposal to bind another key, by the key that is bound, at any member. Throws ConsentError. */
export async function vetoRebinding(
  services: ConsentServices,
  id: string,
  request: VetoRequest,
  principal: Principal | undefined,
): Promise<StepAnswer> {
  const { state } = await knownConsent(services, id);
  requireOldKey(services, state, { action: 'veto', ...request });
  return settle(services, 'veto', { id, ...request }, principal?.id ?? 'patient-key');
}

async function rebindByCustodian(
  services: StaffStepServices,
  { id, custodian }: ConsentState,
  { sequence, newKey }: RebindingRequest,
  principal: Principal | undefined,
): Promise<StepAnswer> {
  requireStaff(principal);
  if (custodian !== services.organisation)
    throw new ConsentError('not-custodian', 'Without a signature, only the custodian binds another key.');
  await requireStaffStep(services, id, principal);
  const args = { id, sequence, newKey };
  const known = await knownConsent(services, id);
  if (isDone(known, sequence, newKey) || isProposed(known, sequence, newKey)) {
    try {
      return await settle(services, 'completeRebind', args, principal.id);
    } catch (error) {
      if (error instanceof ConsentError && error.code === 'too-early')
        return { id, sequence, status: 'pending' };
      throw error;
    }
  }
  await settle(services, 'proposeRebind', args, principal.id);
  return { id, sequence, status: 'pending' };
}

const isDone = ({ state }: ConsentOnLedger, sequence: number, newKey: string) =>
  state.sequence === sequence && state.subjectKey === newKey;

const isProposed = ({ proposal }: ConsentOnLedger, sequence: number, newKey: string) =>
  proposal?.newKey === newKey && proposal.sequence === sequence;

function settle(
  services: ConsentServices,
  name: 'rebind' | 'veto' | 'proposeRebind' | 'completeRebind',
  args: { id: string; sequence: number; newKey: string; signature?: string },
  actor: string,
): Promise<StepAnswer> {
  const { id, sequence } = args;
  return services.finality.alone(id, async () => {
    const { state } = await knownConsent(services, id);
    if (state.status === 'revoked')
      throw new ConsentError('consent-revoked', 'The consent was revoked; it needs no key any more.');
    requireNotRevoking(services, id);
    requireSequence(sequence, state);
    const committed = await services.finality.settle({ id, sequence, name, args, actor });
    return stepAnswer({ id, sequence }, 'active', committed);
  });
}

function requireOldKey(
  { ledger }: ConsentServices,
  { custodian, id, subjectKey }: ConsentState,
  step: { action: 'rebind' | 'veto'; sequence: number; newKey: string; signature: string },
): void {
  const { action, sequence, newKey, signature } = step;
  const message = consentMessage({ action, custodian, id, ledger: ledger.id, sequence, newKey });
  if (subjectKey === undefined || !verifyStatement(message, subjectKey, signature, nativePrimitives))
    throw new ConsentError(
      'signature-invalid',
      "The signature is not by the consent's key over this new key.",
    );
}
