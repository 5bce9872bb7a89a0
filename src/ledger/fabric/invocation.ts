import { canonicalize, ProofError, parseStrictJson } from '../../proof/index.ts';
import { reject } from '../error.ts';
import { parseTime } from '../kit/scalar.ts';
import type { PlainArgs } from '../plain-args.ts';

/** What the chaincode is asked to do; the first argument of a proposal. */
export const FUNCTION = {
  /** Runs a transaction. */
  submit: 'submit',
  /** Answers a query; never ordered by an honest client, and no transaction when it is. */
  query: 'query',
  /** Says which code answers. */
  about: 'about',
} as const;

/** The most bytes of a transaction's request: as on the embedded engine, the genesis of the largest network fits. */
const MAX_REQUEST_BYTES = 256 * 1024;

/** A transaction as its submitter proposes it. Who submits says the certificate that signs the proposal. */
export interface TransactionRequest {
  readonly contract: string;
  readonly name: string;
  readonly args: PlainArgs;
  /** The submitter's claim. */
  readonly time: string;
  /** Newest height the submitter has seen, plus one: chaincode cannot know in which block it will stand. */
  readonly height: number;
}

/** A query as it is asked. */
export type QueryRequest = Pick<TransactionRequest, 'contract' | 'name' | 'args'>;

/** What the chaincode answers to a transaction that was not refused, as the endorsed payload. */
export type SubmitAnswer =
  | { readonly kind: 'applied' }
  /** The transaction of this id has already said it; ordering it would change nothing. */
  | { readonly kind: 'duplicate'; readonly transaction: string };

/** The text of a request: canonical, so that nothing can be written between its lines. Throws `LedgerError` `rejected` `malformed` when it is too large. */
export function requestText(request: TransactionRequest | QueryRequest): string {
  const text = canonicalize(request);
  if (text.length > MAX_REQUEST_BYTES)
    reject('malformed', `a transaction has at most ${MAX_REQUEST_BYTES} bytes`);
  return text;
}

/** The transaction of a request's text. Throws `LedgerError` `rejected` `malformed`. */
export function parseTransactionRequest(text: string): TransactionRequest {
  const { contract, name, args, time, height, ...others } = parseCanonical(text);
  const isHeight = typeof height === 'number' && Number.isSafeInteger(height) && height >= 0;
  if (!isHeight || Object.keys(others).length > 0) malformed();
  return { ...named({ contract, name, args }), time: parseTime(time, 'time'), height };
}

/** The query of a request's text. Throws `LedgerError` `rejected` `malformed`. */
export function parseQueryRequest(text: string): QueryRequest {
  const { contract, name, args, ...others } = parseCanonical(text);
  if (Object.keys(others).length > 0) malformed();
  return named({ contract, name, args });
}

function named(request: { contract: unknown; name: unknown; args: unknown }): QueryRequest {
  const { contract, name, args } = request;
  const isObject = typeof args === 'object' && args !== null && !Array.isArray(args);
  if (typeof contract !== 'string' || typeof name !== 'string' || !isObject) malformed();
  return { contract, name, args: args as PlainArgs };
}

function parseCanonical(text: string): Record<string, unknown> {
  if (text.length > MAX_REQUEST_BYTES) malformed();
  try {
    const value = parseStrictJson(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && canonicalize(value) === text)
      return { ...value };
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
  }
  malformed();
}

function malformed(): never {
  reject('malformed', 'the request is not in its canonical form');
}
