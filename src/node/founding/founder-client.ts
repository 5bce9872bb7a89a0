import { parseApplicant, parseFounding, parseFoundingSignature } from '../../identity/index.ts';
import { boundedText } from '../bounded-text.ts';
import type { FounderStatement } from './founder.ts';

/** Sixty-four founders with sixteen keys each. */
const MAX_STATEMENT_BYTES = 512 * 1024;
/** A founder that listens answers at once. */
const STATEMENT_TIMEOUT_MS = 5_000; // a slow link between hospitals

/** What a founder shows at its address; undefined while it cannot be reached, or shows what it must not. */
export async function statementOf(url: string, organisation: string): Promise<FounderStatement | undefined> {
  try {
    const response = await fetch(`${url}/orgs/${organisation}/founding`, {
      signal: AbortSignal.timeout(STATEMENT_TIMEOUT_MS),
      // A redirect could lead a founder's name to another's server.
      redirect: 'error',
    });
    if (response.status !== 200) return undefined;
    const text = await boundedText(response, MAX_STATEMENT_BYTES);
    if (text === undefined) return undefined;
    const { applicant, founding, signature } = JSON.parse(text);
    return {
      applicant: parseApplicant(applicant),
      ...(founding === undefined ? {} : { founding: parseFounding(founding) }),
      ...(signature === undefined ? {} : { signature: parseFoundingSignature(signature) }),
    };
  } catch {
    // Not there yet, or no founder at all: either way it is asked again, and the wait names it.
    return undefined;
  }
}
