import { hpkeOpen, hpkeSeal } from '../crypto/index.ts';
import { fromUtf8, sha256, utf8 } from '../proof/index.ts';
import { ExchangeError } from './errors.ts';

/** HPKE `info` of answers and of sealed requests (FORMATS §6). */
const EXCHANGE_INFO = 'holdfast/exchange/v1';
/** Media type of a body sealed to the receiver's `exchange-seal` key. */
export const SEALED_TYPE = 'application/vnd.holdfast.sealed';

/** What binds a sealed request to its place: nobody can turn it to another member or route. */
export function requestBinding(method: string, url: string): Uint8Array {
  return sha256(utf8(`${method} ${url}`));
}

/** Seals a message to a member, bound to `binding`. */
export function sealTo(sealKey: Uint8Array, text: string, binding: Uint8Array): Promise<Uint8Array> {
  return hpkeSeal(sealKey, utf8(text), EXCHANGE_INFO, binding);
}

/** Opens what {@link sealTo} sealed to one of our keys. Throws ExchangeError `not-sealed`. */
export function openSealed(
  keys: readonly Uint8Array[],
  sealed: Uint8Array,
  binding: Uint8Array,
): Promise<string> {
  return openWithAny(keys, sealed, EXCHANGE_INFO, binding);
}

/** The text in a sealed message, opened with whichever of the keys fits. Throws ExchangeError `not-sealed`. */
export async function openWithAny(
  keys: readonly Uint8Array[],
  sealed: Uint8Array,
  info: string,
  aad: Uint8Array,
): Promise<string> {
  for (const key of keys) {
    try {
      return fromUtf8(await hpkeOpen(key, sealed, info, aad));
    } catch {
      // Sealed to another of our keys, or altered: the next key decides, and none of them means the latter.
    }
  }
  throw new ExchangeError(
    'not-sealed',
    'The message is not sealed to a key of this organisation, or was altered.',
  );
}
