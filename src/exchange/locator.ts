import { hmac, hpkeOpen, hpkeSeal } from '../crypto/index.ts';
import {
  consentCommitment,
  equalBytes,
  fromBase64,
  fromUtf8,
  type JsonObject,
  toHex,
  utf8,
} from '../proof/index.ts';
import { ExchangeError } from './errors.ts';

/** HPKE `info` of a locator (FORMATS §5). */
const LOCATOR_INFO = 'holdfast/locator/v1';
/** A handle is as long as any id. */
const HANDLE_BYTES = 16; // 128 bits, as every id of the network

/** A patient's link: the key enrolled at the grantee says whose records these are (FORMATS §5). */
export interface Link {
  readonly organisation: string;
  readonly key: string;
  readonly signature: string;
}

/** What the custodian tells a grantee of a grant; never on-chain. */
export interface Locator {
  readonly type: 'holdfast/locator/v1';
  readonly id: string;
  readonly custodian: string;
  /** Names the patient to the custodian, for this grantee only. */
  readonly handle: string;
  /** Base64; opens the commitment on the ledger. */
  readonly salt: string;
  readonly consent: JsonObject;
  readonly link?: Link;
}

/** The handle of a consent's patient for one grantee: two grantees cannot tell that theirs is the same patient. */
export function handleFor(key: Uint8Array, consent: string, grantee: string): string {
  return toHex(hmac(key, utf8('holdfast/handle/v1\n'), utf8(consent), utf8('\n'), utf8(grantee))).slice(
    0,
    HANDLE_BYTES * 2,
  );
}

/** Seals a locator to the grantee's `exchange-seal` key, bound to the consent id. */
export function sealLocator(sealKey: Uint8Array, locator: Locator): Promise<Uint8Array> {
  return hpkeSeal(sealKey, utf8(JSON.stringify(locator)), LOCATOR_INFO, utf8(locator.id));
}

function parseLocator(text: string, consent: string): Locator {
  const value = JSON.parse(text) as Partial<Locator>;
  const strings = [value.id, value.custodian, value.handle, value.salt].every(
    (each) => typeof each === 'string',
  );
  const linked =
    value.link === undefined ||
    [value.link.organisation, value.link.key, value.link.signature].every((each) => typeof each === 'string');
  if (
    value.type !== 'holdfast/locator/v1' ||
    !strings ||
    !linked ||
    typeof value.consent !== 'object' ||
    value.id !== consent
  ) {
    throw new ExchangeError('malformed', 'This is not a locator of that consent.');
  }
  return value as Locator;
}

/** Opens a locator with whichever of the organisation's keys fits. Throws ExchangeError `not-sealed` or `malformed`. */
export async function openLocator(
  keys: readonly Uint8Array[],
  sealed: Uint8Array,
  consent: string,
): Promise<Locator> {
  for (const key of keys) {
    let text: string;
    try {
      text = fromUtf8(await hpkeOpen(key, sealed, LOCATOR_INFO, utf8(consent)));
    } catch {
      continue;
    }
    try {
      return parseLocator(text, consent);
    } catch (error) {
      throw error instanceof ExchangeError
        ? error
        : new ExchangeError('malformed', 'The locator is not JSON.', error);
    }
  }
  throw new ExchangeError(
    'not-sealed',
    'The locator is not sealed to a key of this organisation, or was altered.',
  );
}

/** Whether a locator's consent is the one committed to on the ledger. `statement` is base64, as the ledger has it. */
export function opensStatement(locator: Pick<Locator, 'salt' | 'consent'>, statement: string): boolean {
  try {
    return equalBytes(consentCommitment(fromBase64(locator.salt), locator.consent), fromBase64(statement));
  } catch {
    return false;
  }
}
