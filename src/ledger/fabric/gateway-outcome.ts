import { status } from '@grpc/grpc-js';
import { type ErrorDetail, GatewayError } from '@hyperledger/fabric-gateway';
import { LedgerError, type LedgerErrorCode } from '../error.ts';

/** What became of a call to the peer: a refusal by contract or kit, a disagreement that passes when peers have caught up, or trouble. */
export type GatewayOutcome =
  | { readonly kind: 'refused'; readonly error: LedgerError }
  | { readonly kind: 'disagreement'; readonly error: LedgerError }
  | { readonly kind: 'trouble'; readonly error: LedgerError };

/** How the peer quotes a chaincode that refused. */
const REFUSAL = /chaincode response 500, (\{.*\})/s;
const DISAGREEMENT = /ProposalResponsePayloads do not match|proposal response.* do not match/i;
const CODES: readonly LedgerErrorCode[] = ['rejected', 'conflict', 'unavailable', 'unknown-outcome'];

/**
 * What the gateway's error means. A refusal by the organisation's own peer is final; when others refuse or answer otherwise,
 * they stand at another block, and asking again settles it. `own` is the organisation's provider, `what` says what was asked.
 */
export function gatewayOutcome(error: unknown, own: string, what: string): GatewayOutcome {
  if (!(error instanceof GatewayError)) throw error;
  const details = error.details ?? [];
  const refusals = details.flatMap((detail) => {
    const refusal = refusalOf(detail.message);
    return refusal === undefined ? [] : [{ mspId: detail.mspId, refusal }];
  });
  const ownRefusal = refusals.find(({ mspId }) => mspId === own)?.refusal ?? refusalOf(error.message);
  if (ownRefusal !== undefined) {
    const isPassing = ownRefusal.code === 'unavailable' && ownRefusal.reason === 'height';
    return { kind: isPassing ? 'disagreement' : 'refused', error: ownRefusal };
  }
  const [first] = refusals;
  if (first !== undefined) return { kind: 'disagreement', error: first.refusal };
  if (details.some(({ message }) => DISAGREEMENT.test(message))) {
    const sentence = `the peers answer differently (${places(details)}); compare their heights and chaincode versions`;
    return { kind: 'disagreement', error: unavailable('endorsers-differ', sentence, error) };
  }
  return { kind: 'trouble', error: trouble(error, details, what) };
}

function refusalOf(message: string): LedgerError | undefined {
  const text = REFUSAL.exec(message)?.[1];
  if (text === undefined) return undefined;
  try {
    const { code, reason, message: sentence } = JSON.parse(text) as Record<string, unknown>;
    const known = CODES.find((candidate) => candidate === code);
    if (known === undefined || typeof sentence !== 'string') return undefined;
    return new LedgerError(known, sentence, typeof reason === 'string' ? { reason } : {});
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The sentence an operator needs: which peer, why, what to do. */
function trouble(error: GatewayError, details: readonly ErrorDetail[], what: string): LedgerError {
  const why = details.length > 0 ? places(details) : error.message;
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
      if (/access denied|creator org|does not have|is not valid/i.test(`${error.message} ${why}`))
        return denied(error);
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
