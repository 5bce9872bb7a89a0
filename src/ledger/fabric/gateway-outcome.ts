import { status } from '@grpc/grpc-js';
import { type ErrorDetail, GatewayError } from '@hyperledger/fabric-gateway';
import { LedgerError } from '../error.ts';
import { quotedRefusal, refusalCodes } from './quoted-refusal.ts';

/** What became of a call to the peer: a refusal by contract or kit, a disagreement that passes when peers have caught up, or trouble. */
export type GatewayOutcome =
  | { readonly kind: 'refused'; readonly error: LedgerError }
  | { readonly kind: 'disagreement'; readonly error: LedgerError }
  | { readonly kind: 'trouble'; readonly error: LedgerError };

/** How a peer turns away who is of no organisation of the channel, or no longer. */
const ACCESS_DENIED = /access denied|creator org unknown/i;
/** How a peer tells that its chaincode did not answer in time. */
const LATE = /failed to execute transaction/i;
const DISAGREEMENT = /ProposalResponsePayloads do not match|proposal response.* do not match/i;

/**
 * What the gateway's error means. Only a refusal by the organisation's own peer is one: what another's peer says may be false, or
 * true at another block, and is a disagreement that asking again settles once the own peer has caught up. `own` is the
 * organisation's provider, `what` says what was asked.
 */
export function gatewayOutcome(error: unknown, own: string, what: string): GatewayOutcome {
  if (!(error instanceof GatewayError)) throw error;
  const details = error.details ?? [];
  const refusals = details.flatMap(({ mspId, message }) => {
    const refusal = quotedRefusal(message);
    return refusal === undefined ? [] : [{ mspId, refusal }];
  });
  const foreign = refusals.filter(({ mspId }) => mspId !== own);
  // A query goes to the own peer alone, whose answer stands in the sentence itself.
  const asked = foreign.length === 0 ? quotedRefusal(error.message) : undefined;
  const ownRefusal = refusals.find(({ mspId }) => mspId === own)?.refusal ?? asked;
  if (ownRefusal !== undefined) {
    const isPassing = ownRefusal.code === 'unavailable' && ownRefusal.reason === 'height';
    return { kind: isPassing ? 'disagreement' : 'refused', error: ownRefusal };
  }
  if (foreign.length > 0) {
    const answers = foreign.map(({ mspId, refusal }) => `${mspId}: ${refusalCodes(refusal)}`).join('; ');
    const sentence = `other organisations' peers refuse and the own one does not (${answers}); compare heights, clocks and chaincode versions`;
    return { kind: 'disagreement', error: unavailable('endorsers-differ', sentence, error) };
  }
  if (details.some(({ message }) => DISAGREEMENT.test(message))) {
    const sentence = `the peers answer differently (${places(details)}); compare their heights and chaincode versions`;
    return { kind: 'disagreement', error: unavailable('endorsers-differ', sentence, error) };
  }
  // Nothing was ordered yet: asking again costs nothing but time, which the submitter bounds.
  const isLate = details.some(({ message }) => LATE.test(message));
  const kind = error.code === status.DEADLINE_EXCEEDED || isLate ? 'disagreement' : 'trouble';
  return { kind, error: trouble(error, own, what) };
}

/** The sentence an operator needs: which peer, why, what to do. */
function trouble(error: GatewayError, own: string, what: string): LedgerError {
  const details = error.details ?? [];
  const why = details.length > 0 ? places(details) : error.message;
  const ownWords = details.flatMap(({ mspId, message }) => (mspId === own ? [message] : []));
  if (ACCESS_DENIED.test([error.message, ...ownWords].join(' '))) return denied(error);
  switch (error.code) {
    case status.PERMISSION_DENIED:
    case status.UNAUTHENTICATED:
      return denied(error);
    case status.UNAVAILABLE:
      return unavailable(
        'peer-unreachable',
        `${what}: the own peer or its orderers cannot be reached (${why}); see \`holdfast ledger status\` and start what is down`,
        error,
      );
    case status.DEADLINE_EXCEEDED:
      return unavailable('timeout', `${what}: no answer in time (${why}); try again`, error);
    case status.FAILED_PRECONDITION:
      return unavailable(
        'endorsers',
        `${what}: too few organisations can endorse now (${why}); see \`holdfast ledger status\` for those that are down`,
        error,
      );
    default:
      return unavailable('fabric', `${what}: ${why}; see the log of the peer named`, error);
  }
}

function denied(cause: Error): LedgerError {
  const sentence =
    'the channel does not know this organisation or its certificate; check membership and certificate';
  return new LedgerError('rejected', sentence, { reason: 'not-a-member', cause });
}

function places(details: readonly ErrorDetail[]): string {
  return details.map(({ mspId, address, message }) => `${mspId} at ${address}: ${message}`).join('; ');
}

function unavailable(reason: string, sentence: string, cause: unknown): LedgerError {
  return new LedgerError('unavailable', sentence, { reason, cause });
}
