import { type Committed, LedgerError } from '../ledger/index.ts';
import type { ConsentServices } from './consent-services.ts';
import type { ConsentState, RebindProposal } from './contract-state.ts';
import { ConsentError } from './errors.ts';

/** How a step of a consent is answered (FORMATS §5). */
export interface StepAnswer {
  readonly id: string;
  readonly sequence: number;
  readonly status: 'active' | 'revoked' | 'pending';
  /** Once final: the transaction and the height of its block. */
  readonly transaction?: string;
  readonly height?: number;
}

/** The answer for a step: final, or pending while the ledger has not finished. */
export function stepAnswer(
  { id, sequence }: { id: string; sequence: number },
  status: 'active' | 'revoked',
  committed: Committed | undefined,
): StepAnswer {
  if (committed === undefined) return { id, sequence, status: 'pending' };
  const { transaction, height } = committed;
  return { id, sequence, status, transaction, height };
}

/** A consent as the contract's `get` gives it. */
export interface ConsentOnLedger {
  readonly state: ConsentState;
  readonly proposal?: RebindProposal;
}

/**
 * The newest state that this node can get: the ledger's own, or what was seen of it while it cannot be asked, or that of a
 * grant on its way there. Undefined when there is none.
 */
export async function consentOnLedger(
  { ledger, register, organisation }: Pick<ConsentServices, 'ledger' | 'register' | 'organisation'>,
  id: string,
): Promise<ConsentOnLedger | undefined> {
  let known: ConsentOnLedger | undefined;
  try {
    known = ((await ledger.query('consent', 'get', { id })) as ConsentOnLedger | null) ?? undefined;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const state = register.view.state(id);
    known = state === undefined ? undefined : { state };
  }
  const grant = register.steps.of(id).find(({ name }) => name === 'grant');
  if (known !== undefined || grant === undefined) return known;
  const args = grant.args as unknown as Omit<ConsentState, 'custodian' | 'status' | 'time'>;
  return { state: { ...args, v: 1, custodian: organisation, status: 'active', time: '' } };
}

/** As {@link consentOnLedger}; throws ConsentError `consent-unknown` when there is none. */
export async function knownConsent(
  services: Pick<ConsentServices, 'ledger' | 'register' | 'organisation'>,
  id: string,
): Promise<ConsentOnLedger> {
  const known = await consentOnLedger(services, id);
  if (known === undefined)
    throw new ConsentError('consent-unknown', 'There is no such consent, or you may not see it.');
  return known;
}

/**
 * Throws ConsentError `sequence-conflict` unless `sequence` is the next one or says again what was said last; what is behind
 * that is compared by the ledger itself.
 */
export function requireSequence(sequence: number, state: ConsentState | undefined): void {
  const last = state?.sequence ?? 0;
  if (sequence > last + 1 || sequence < last) {
    throw sequenceConflict(last + 1);
  }
}

/** The refusal that says which sequence to sign instead. */
export function sequenceConflict(nextSequence: number, cause?: unknown): ConsentError {
  const message = `The next sequence of this consent is ${nextSequence}.`;
  return new ConsentError('sequence-conflict', message, { nextSequence, cause });
}

/** Throws ConsentError `consent-revoked` when a revocation of the consent was accepted here: nothing may come before it. */
export function requireNotRevoking({ register }: Pick<ConsentServices, 'register'>, id: string): void {
  if (register.steps.isRevoking(id))
    throw new ConsentError(
      'consent-revoked',
      'The consent is being revoked; nothing more is accepted for it.',
    );
}
