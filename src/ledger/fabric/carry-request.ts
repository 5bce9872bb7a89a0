import { canonicalize } from '../../proof/index.ts';
import { parseSignedContinuation, type SignedContinuation } from '../continuation/continuation.ts';
import { reject } from '../error.ts';
import { parseTime } from '../kit/scalar.ts';
import { encodeState, type StateObject } from '../kit/state-value.ts';
import type { Write } from '../ledger.ts';
import { malformed, parseCanonical } from './invocation.ts';
import { parseStateKey, stateKey } from './state-key.ts';

/** The most bytes of a part: a value of the largest size fits, and two parts fill a block. */
export const MAX_CARRY_BYTES = 1024 * 1024;
/** The most values of a part: a peer writes them one by one, within its ten seconds for one transaction. */
export const MAX_CARRY_VALUES = 500;
/** Values of one page of a state. */
const MAX_STATE_PAGE = 500; // half a thousand of the largest would not fit a message, but those are rare and far apart

/** The next part of a state. */
export interface CarryRequest {
  /** Number of values carried before. */
  readonly from: number;
  readonly values: readonly Write[];
  /** The submitter's claim. */
  readonly time: string;
}

/** The text of a part: canonical, values as JSON and not as texts inside it. */
export function carryText({ from, values, time }: CarryRequest): string {
  const listed = values.map(({ contract, key, value }) => [contract, key, JSON.parse(value) as unknown]);
  return canonicalize({ from, time, values: listed });
}

/** The part of a request's text. Throws `LedgerError` `rejected` `malformed`. */
export function parseCarryRequest(text: string): CarryRequest {
  const { from, time, values, ...others } = parseCanonical(text, MAX_CARRY_BYTES);
  const isCount = typeof from === 'number' && Number.isSafeInteger(from) && from >= 0;
  const isList = Array.isArray(values) && values.length > 0 && values.length <= MAX_CARRY_VALUES;
  if (!isCount || !isList || Object.keys(others).length > 0) malformed();
  return { from, values: values.map(parseValue), time: parseTime(time, 'time') };
}

function parseValue(entry: unknown): Write {
  if (!Array.isArray(entry) || entry.length !== 3) malformed();
  const [contract, key, value] = entry as unknown[];
  if (typeof contract !== 'string' || typeof key !== 'string') malformed();
  const place = parseStateKey(stateKey(contract, key));
  if (place?.contract !== contract || !/^[!-~]+$/.test(key)) malformed();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) malformed();
  return { contract, key, value: carriedText(value as StateObject) };
}

/** The value's text as any engine would have written it: what it is not made of, no contract could have put. */
function carriedText(value: StateObject): string {
  try {
    return encodeState(value);
  } catch {
    reject('malformed', 'a carried value is none that a contract could have written');
  }
}

/** That the ledger begins on the carried state. */
export interface ContinueRequest {
  readonly continuation: SignedContinuation;
  readonly time: string;
}

/** The text of a beginning. */
export function continueText({ continuation, time }: ContinueRequest): string {
  return canonicalize({ continuation, time });
}

/** The beginning of a request's text. Throws `LedgerError` `rejected` `malformed`. */
export function parseContinueRequest(text: string): ContinueRequest {
  const { continuation, time, ...others } = parseCanonical(text);
  if (Object.keys(others).length > 0) malformed();
  return { continuation: parseSignedContinuation(continuation), time: parseTime(time, 'time') };
}

/** A page of the state: the values after a place (`contract/key`), in order. */
export interface StateRequest {
  /** Empty for the first page. */
  readonly after: string;
}

/** The text of a page. */
export function stateText(request: StateRequest): string {
  return canonicalize(request);
}

/** What the chaincode answers to it: ascending; the last page is empty. */
export interface StateAnswer {
  readonly values: readonly (readonly [contract: string, key: string, text: string])[];
}

/** The page of a request's text. Throws `LedgerError` `rejected` `malformed`. */
export function parseStateRequest(text: string): StateRequest & { readonly limit: number } {
  const { after, ...others } = parseCanonical(text);
  if (typeof after !== 'string' || Object.keys(others).length > 0) malformed();
  return { after, limit: MAX_STATE_PAGE };
}
