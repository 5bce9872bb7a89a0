import { hpkeOpen, hpkeSeal, randomId } from '../crypto/index.ts';
import { fromUtf8, sha256, utf8 } from '../proof/index.ts';
import { ExchangeError } from './errors.ts';
import type { Member, MemberDirectory } from './member.ts';
import { type ExchangeSigner, signRequest, verifyResponse } from './message-signature.ts';
import type { Transport } from './transport.ts';

/** HPKE `info` of answers and of sealed requests (FORMATS §6). */
export const EXCHANGE_INFO = 'holdfast/exchange/v1';
/** Media type of a body sealed to the receiver's `exchange-seal` key. */
export const SEALED_TYPE = 'application/vnd.holdfast.sealed';

/** What asking needs: who we are, whom there is, and how to reach them. */
export interface Asker {
  readonly members: MemberDirectory;
  readonly signer: ExchangeSigner;
  /** Raw X25519 private keys of this organisation, newest first: an answer may be sealed to an earlier one. */
  readonly sealKeys: () => readonly Uint8Array[];
  readonly transport: Transport;
  readonly now: () => Date;
}

/** What binds a sealed request to its place: nobody can turn it to another member or route. */
export function requestBinding(method: string, url: string): Uint8Array {
  return sha256(utf8(`${method} ${url}`));
}

/** Opens with whichever of the keys fits. Throws ExchangeError `not-sealed`. */
export async function openWithAny(
  keys: readonly Uint8Array[],
  sealed: Uint8Array,
  info: string,
  aad: Uint8Array,
): Promise<Uint8Array> {
  for (const key of keys) {
    try {
      return await hpkeOpen(key, sealed, info, aad);
    } catch {
      // Sealed to another of our keys, or altered: the next key decides, and none of them means the latter.
    }
  }
  throw new ExchangeError(
    'not-sealed',
    'The message is not sealed to a key of this organisation, or was altered.',
  );
}

/** A signed, sealed question to one member; the opened answer's text. Throws ExchangeError. */
export async function ask(asker: Asker, member: Member, route: string, question: object): Promise<string> {
  const path = `/orgs/${member.organisation}/exchange/${route}`;
  const url = `${member.url}${path}`;
  const body = await hpkeSeal(
    member.sealKey,
    utf8(JSON.stringify(question)),
    EXCHANGE_INFO,
    requestBinding('POST', url),
  );
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
  const text = fromUtf8(await openWithAny(asker.sealKeys(), answer.body, EXCHANGE_INFO, baseHash));
  if (answer.status === 200) return text;
  const { code } = JSON.parse(text) as { code?: string };
  if (code === 'not-permitted' || code === 'stale') throw new ExchangeError(code, 'The member refused.');
  throw new ExchangeError('unavailable', `The member refused: ${String(code)}.`);
}
