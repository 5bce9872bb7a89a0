import { randomId } from '../crypto/index.ts';
import { EXCHANGE_REFUSALS, ExchangeError, type ExchangeErrorCode } from './errors.ts';
import type { Member, MemberDirectory } from './member.ts';
import { type ExchangeSigner, signRequest, verifyResponse } from './message-signature.ts';
import { openSealed, requestBinding, SEALED_TYPE, sealTo } from './sealing.ts';
import type { Transport } from './transport.ts';

/** What asking needs: who we are, whom there is, and how to reach them. */
export interface Asker {
  readonly members: MemberDirectory;
  readonly signer: ExchangeSigner;
  /** Raw X25519 private keys of this organisation, newest first: an answer may be sealed to an earlier one. */
  readonly sealKeys: () => readonly Uint8Array[];
  readonly transport: Transport;
  readonly now: () => Date;
}

/** A refusal that was signed by the member: its code where it is one of ours, else `unavailable`. */
function refusalOf(text: string): ExchangeError {
  let code: unknown;
  try {
    ({ code } = JSON.parse(text) as { code?: unknown });
  } catch {
    // Signed, sealed and no problem details: a member that runs something else.
  }
  const known = typeof code === 'string' && Object.hasOwn(EXCHANGE_REFUSALS, code);
  return new ExchangeError(known ? (code as ExchangeErrorCode) : 'unavailable', 'The member refused.');
}

/**
 * A signed, sealed question to one member; the opened answer's text. Throws ExchangeError: what the member refused with, or
 * `unavailable`, `signature-missing`, `signature-invalid`, `digest-mismatch`, `not-sealed` for an answer that is not to be believed.
 */
export async function ask(asker: Asker, member: Member, route: string, question: object): Promise<string> {
  const path = `/orgs/${member.organisation}/exchange/${route}`;
  const url = `${member.url}${path}`;
  const body = await sealTo(member.sealKey, JSON.stringify(question), requestBinding('POST', url));
  const seconds = Math.floor(asker.now().getTime() / 1000);
  const { request, baseHash } = await signRequest(
    { method: 'POST', url, body },
    asker.signer,
    randomId(),
    seconds,
  );
  const sent = { ...request, headers: { ...request.headers, 'content-type': SEALED_TYPE } };
  const answer = await asker.transport(member.reach, sent, path);
  await verifyResponse(answer, request, member.organisation, asker.members.lookup).catch((error) => {
    // An unsigned refusal comes from something in front of the member; nothing it says is believed.
    throw answer.status >= 400
      ? new ExchangeError('unavailable', 'The member refused without a signed answer.', error)
      : error;
  });
  const text = await openSealed(asker.sealKeys(), answer.body, baseHash);
  if (answer.status === 200) return text;
  throw refusalOf(text);
}
