import { hmac, hpkeSeal } from '../crypto/index.ts';
import {
  consentCommitment,
  equalBytes,
  fromBase64,
  type JsonObject,
  parseJsonKeepingDigits,
  toHex,
  utf8,
} from '../proof/index.ts';
import { ExchangeError } from './errors.ts';
import { openWithAny } from './sealing.ts';

/** HPKE `info` of a locator (FORMATS §5). */
const LOCATOR_INFO = 'holdfast/locator/v1';
/** A handle is as long as any id. */
const HANDLE_BYTES = 16; // 128 bits, as every id of the network
/** What another member's handle may look like: it becomes an identifier of a Patient. */
const HANDLE = /^[A-Za-z0-9\-._~]{1,128}$/;

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
  /** The FHIR Consent as it was signed or recorded, digits kept. */
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

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const areTexts = (...values: readonly unknown[]): boolean => values.every((each) => typeof each === 'string');

/** Digits are kept: the ledger commits to the consent as it was signed. */
function parseLocator(text: string, wanted: string): Locator {
  const value = parseJsonKeepingDigits(text);
  if (isObject(value)) {
    const { type, id, custodian, handle, salt, consent, link } = value;
    const isLinked =
      link === undefined || (isObject(link) && areTexts(link.organisation, link.key, link.signature));
    const isWhole =
      type === 'holdfast/locator/v1' &&
      id === wanted &&
      areTexts(custodian, salt) &&
      typeof handle === 'string' &&
      HANDLE.test(handle);
    if (isWhole && isLinked && isObject(consent)) return value as unknown as Locator;
  }
  throw new ExchangeError('malformed', 'This is not a locator of that consent.');
}

/** Opens a locator with whichever of the organisation's keys fits. Throws ExchangeError `not-sealed` or `malformed`. */
export async function openLocator(
  keys: readonly Uint8Array[],
  sealed: Uint8Array,
  consent: string,
): Promise<Locator> {
  const text = await openWithAny(keys, sealed, LOCATOR_INFO, utf8(consent));
  try {
    return parseLocator(text, consent);
  } catch (error) {
    throw error instanceof ExchangeError
      ? error
      : new ExchangeError('malformed', 'The locator is not JSON.', error);
  }
}

/** Whether a locator's consent is the one committed to on the ledger. `statement` is base64, as the ledger has it. */
export function opensStatement(locator: Pick<Locator, 'salt' | 'consent'>, statement: string): boolean {
  try {
    return equalBytes(consentCommitment(fromBase64(locator.salt), locator.consent), fromBase64(statement));
  } catch {
    return false;
  }
}
