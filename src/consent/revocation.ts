import { nativePrimitives } from '../crypto/index.ts';
import type { Principal } from '../identity/index.ts';
import { consentMessage, verifyStatement } from '../proof/index.ts';
import type { ConsentServices } from './consent-services.ts';
import {
  knownConsent,
  requireSequence,
  type StepAnswer,
  sequenceConflict,
  stepAnswer,
} from './consent-step.ts';
import type { ConsentState } from './contract-state.ts';
import { ConsentError } from './errors.ts';
import type { RevocationRequest } from './request.ts';
import { requireStaff, requireStaffStep, type StaffStepServices } from './staff.ts';

/**
 * Ends a consent. Signed by its key, at any member and without a token; with a reason, by staff of its custodian. From the
 * moment it is durable here the consent permits nothing here, whatever becomes of the ledger. Throws ConsentError; `sequence-conflict`
 * says which sequence to sign where another step came first on the ledger: this one denies here until then.
 */
export async function revokeConsent(
  services: StaffStepServices,
  id: string,
  request: RevocationRequest,
  principal: Principal | undefined,
): Promise<StepAnswer> {
  const { finality, withdrawals } = services;
  const { sequence } = request;
  const sinceMs = performance.now();
  const { state } = await knownConsent(services, id);
  if ('signature' in request) requireSignature(services, state, sequence, request.signature);
  else await requireCustodianStaff(services, state, principal);
  const current = (await knownConsent(services, id)).state;
  if (current.status === 'revoked' && sequence !== current.sequence)
    throw new ConsentError(
      'consent-revoked',
      'The consent was revoked before; nothing is permitted under it.',
    );
  requireSequence(sequence, current);
  requireNotOvertaken(services, sequence, current);
  // Accepting it denies at once, before anything is waited for: neither the ledger nor another step of this consent.
  const settled = finality.revoke({
    id,
    sequence,
    name: 'revoke',
    args: { id, ...request },
    actor: principal?.id ?? 'patient-key',
  });
  withdrawals?.took({ seconds: (performance.now() - sinceMs) / 1000, from: 'request' });
  const committed = await settled.catch(async (error: unknown) => {
    throw (await overtaken(services, id, sequence, error)) ?? error;
  });
  // One by the custodian may have come after another step.
  const last = committed === undefined ? sequence : (services.register.view.state(id)?.sequence ?? sequence);
  return stepAnswer({ id, sequence: last }, 'revoked', committed);
}

/**
 * A signature over the sequence that another step has taken already denies nothing: who holds an old one could else end, here and for good,
 * what the patient has replaced since. One that was accepted here before it was overtaken stays ({@link overtaken}).
 */
function requireNotOvertaken(
  { register }: ConsentServices,
  sequence: number,
  { id, status, sequence: last }: ConsentState,
): void {
  if (status !== 'active' || sequence !== last) return;
  const isHere = register.steps.of(id).some((step) => step.name === 'revoke' && step.sequence === sequence);
  if (!isHere) throw sequenceConflict(last + 1);
}

/** What the patient's client needs to sign again at once; undefined where nothing came first, or it is not seen here yet. */
async function overtaken(
  services: ConsentServices,
  id: string,
  sequence: number,
  error: unknown,
): Promise<ConsentError | undefined> {
  if (!(error instanceof ConsentError) || error.code !== 'sequence-conflict') return undefined;
  const { state } = await knownConsent(services, id);
  const next = state.sequence + 1;
  return state.status === 'active' && next !== sequence ? sequenceConflict(next, error) : undefined;
}

/** Checked here too, before anything is denied on its word: a forged revocation must not deny for a moment. */
function requireSignature(
  { ledger }: ConsentServices,
  { custodian, id, subjectKey }: ConsentState,
  sequence: number,
  signature: string,
): void {
  const message = consentMessage({ action: 'revoke', custodian, id, ledger: ledger.id, sequence });
  if (subjectKey === undefined || !verifyStatement(message, subjectKey, signature, nativePrimitives))
    throw new ConsentError(
      'signature-invalid',
      "The signature is not by the consent's key over this revocation.",
    );
}

async function requireCustodianStaff(
  services: StaffStepServices,
  { custodian, id }: ConsentState,
  principal: Principal | undefined,
): Promise<void> {
  requireStaff(principal);
  if (custodian !== services.organisation)
    throw new ConsentError('not-custodian', 'Without a signature, only the custodian revokes.');
  await requireStaffStep(services, id, principal);
}
