import { LedgerError, type LedgerErrorCode } from '../error.ts';

/** How a peer quotes a chaincode that refused. */
const REFUSAL = /chaincode response 500, (\{.*\})/s;
const CODES: readonly LedgerErrorCode[] = ['rejected', 'conflict', 'unavailable', 'unknown-outcome'];
/** What a contract's reason looks like; anything else is not repeated to an operator. */
const REASON = /^[a-z][a-z-]{0,31}$/; // the longest of ours has 20

/** The refusal that a peer's message quotes; undefined when it quotes none. Whether it counts depends on whose peer it is. */
export function quotedRefusal(message: string): LedgerError | undefined {
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

/** A refusal by its codes alone: what another organisation's peer says is shown without its own words. */
export function refusalCodes({ code, reason }: LedgerError): string {
  return reason !== undefined && REASON.test(reason) ? `${code}/${reason}` : code;
}
