import { type ConsentRow, sendRevocation } from '../api/consents.ts';
import { ApiError } from '../api/http.ts';
import type { Session } from '../session/session.ts';
import { signRevocation } from './sign.ts';

/** Signatures for one wish: what came first on the ledger was signed by the same person on another device, seldom twice. */
const MAX_SIGNATURES = 4; // ends a quarrel with a node that always names another sequence

/** Steps that other devices may have signed in between; a node that names one further on wants signatures for steps to come. */
const MAX_AHEAD = 16;

/** Whether a node may have that step to be signed, after one behind `last` was refused. */
const follows = (last: number, next: number): boolean =>
  Number.isSafeInteger(next) && next > last + 1 && next <= last + 1 + MAX_AHEAD;

/**
 * Ends a consent. Where another step of it came first on the ledger, signs again at once, after that one: only this key can.
 * Throws ApiError.
 */
export async function takeBack(session: Session, ledger: string, consent: ConsentRow): Promise<void> {
  const { custodian, id } = consent;
  let { sequence } = consent;
  for (let signatures = 1; ; signatures += 1) {
    try {
      await sendRevocation(
        custodian,
        id,
        signRevocation(session.seed(), { ledger, custodian, id, sequence }),
      );
      return;
    } catch (error) {
      const next = error instanceof ApiError ? error.nextSequence : undefined;
      if (next === undefined || !follows(sequence, next) || signatures === MAX_SIGNATURES) throw error;
      // The step before the one to be signed, as everywhere here.
      sequence = next - 1;
    }
  }
}
