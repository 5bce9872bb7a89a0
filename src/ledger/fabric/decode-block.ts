import { sha256Native } from '../../crypto/index.ts';
import {
  bytesAt,
  concat,
  fromUtf8,
  integerAt,
  listAt,
  messageAt,
  type OrderedBlock,
  orderedBlockHash,
  ProofError,
  parseStrictJson,
  readMessage,
  TRANSACTIONS_FILTER_INDEX,
  textAt,
  toHex,
  transactionDigest,
  type WireMessage,
} from '../../proof/index.ts';
import { LedgerError } from '../error.ts';
import type { Block, CommittedTransaction, LedgerEvent, Write } from '../ledger.ts';
import { FUNCTION, parseTransactionRequest, type SubmitAnswer } from './invocation.ts';
import { parseStateKey } from './state-key.ts';
import { submitterOf } from './submitter.ts';

/** Hash before the first block. */
const NO_BLOCK = '0'.repeat(64);
/** `HeaderType.ENDORSER_TRANSACTION` (common/common.proto). */
const ENDORSER_TRANSACTION = 3;
/**
 * Validation codes (peer/transaction.proto `TxValidationCode`) of transactions that every peer found authentic and of a fresh id: valid,
 * or invalid by endorsement policy or by what they read. All others prove nothing about who sent them or under which id, and are
 * no transactions of this ledger: a stranger could otherwise put a member's id into a block.
 */
const VALID = 0;
const AUTHENTIC = new Set([VALID, 10 /* endorsement policy */, 11 /* MVCC read */, 12 /* phantom read */]);

/** What of a channel is read: transactions of one chaincode. */
export interface ChannelView {
  readonly chaincode: string;
}

/**
 * A block of the channel as readers of the ledger get it. Configuration, lifecycle and foreign transactions leave a block without
 * transactions; its height counts all the same. The same at every member: nothing is taken but the block's own bytes and the
 * peers' validity codes. Throws `ProofError` `malformed` for bytes that no orderer made.
 */
export function decodeBlock(block: OrderedBlock, view: ChannelView): Block {
  const codes = block.metadata[TRANSACTIONS_FILTER_INDEX] ?? new Uint8Array();
  const byId = new Map<string, CommittedTransaction>();
  let time = 0;
  for (const [i, envelope] of block.data.entries()) {
    const code = codes[i];
    if (code === undefined) throw new ProofError('malformed', 'The block says nothing about a transaction.');
    const read = attempt(() => readEnvelope(envelope, view, code === VALID));
    if (read === undefined) continue;
    time = Math.max(time, read.timeMs);
    if (read.transaction === undefined || !AUTHENTIC.has(code)) continue;
    // One id in one block twice: a member sent two envelopes with one nonce. The valid one counts.
    if (byId.get(read.transaction.id)?.valid !== true) byId.set(read.transaction.id, read.transaction);
  }
  return {
    height: BigInt(block.number),
    hash: orderedBlockHash(block),
    previous: block.previousHash.length === 0 ? NO_BLOCK : toHex(block.previousHash),
    time: new Date(time).toISOString(),
    transactions: [...byId.values()],
  };
}

/** Whether a block's envelopes are those of its header: asked where a block comes over a wire. */
export function isWhole(block: OrderedBlock): boolean {
  return toHex(sha256Native(concat(...block.data))) === toHex(block.dataHash);
}

interface ReadEnvelope {
  readonly timeMs: number;
  readonly transaction: CommittedTransaction | undefined;
}

function readEnvelope(envelope: Uint8Array, view: ChannelView, isValid: boolean): ReadEnvelope {
  const payload = readMessage(bytesAt(readMessage(envelope), 1));
  const header = messageAt(payload, 1);
  const channelHeader = messageAt(header, 1);
  const timeMs = timestampMs(messageAt(channelHeader, 3));
  if (integerAt(channelHeader, 1) !== ENDORSER_TRANSACTION) return { timeMs, transaction: undefined };
  const creator = readMessage(bytesAt(messageAt(header, 2), 1));
  const action = readAction(bytesAt(payload, 2));
  const transaction = attempt(() =>
    readTransaction(textAt(channelHeader, 5), creator, action, view, isValid),
  );
  return { timeMs, transaction };
}

/** google.protobuf.Timestamp in milliseconds; 0 for a time that does not exist. */
function timestampMs(timestamp: WireMessage): number {
  const timeMs = integerAt(timestamp, 1) * 1_000 + Math.floor(integerAt(timestamp, 2) / 1_000_000);
  return Number.isNaN(new Date(timeMs).getTime()) ? 0 : timeMs;
}

interface Action {
  readonly chaincode: string;
  readonly args: readonly Uint8Array[];
  /** `ChaincodeAction`: what the chaincode did, as its endorsers signed it. */
  readonly result: WireMessage;
}

/** The one action of a transaction (peer/transaction.proto, peer/proposal.proto, peer/chaincode.proto). */
function readAction(transaction: Uint8Array): Action {
  const [action] = listAt(readMessage(transaction), 1);
  const actionPayload = readMessage(bytesAt(readMessage(action ?? new Uint8Array()), 2));
  const proposal = readMessage(bytesAt(actionPayload, 1));
  const spec = messageAt(readMessage(bytesAt(proposal, 1)), 1);
  const responsePayload = readMessage(bytesAt(messageAt(actionPayload, 2), 1));
  return {
    chaincode: textAt(messageAt(spec, 2), 2),
    args: listAt(messageAt(spec, 3), 1),
    result: readMessage(bytesAt(responsePayload, 2)),
  };
}

function readTransaction(
  id: string,
  creator: WireMessage,
  { chaincode, args, result }: Action,
  view: ChannelView,
  isValid: boolean,
): CommittedTransaction | undefined {
  const [name, request, ...others] = args;
  if (chaincode !== view.chaincode || name === undefined || request === undefined || others.length > 0)
    return undefined;
  if (fromUtf8(name) !== FUNCTION.submit) return undefined;
  const { contract, name: transaction, args: plain, time } = parseTransactionRequest(fromUtf8(request));
  // A repetition changes nothing, but a reader who looked at its arguments alone would take it for new.
  const changed = isValid && isApplied(messageAt(result, 3));
  return {
    id,
    contract,
    name: transaction,
    args: plain,
    time,
    submitter: submitterOf(textAt(creator, 1), bytesAt(creator, 2)),
    valid: changed,
    digest: transactionDigest(contract, transaction, plain),
    writes: changed ? writesOf(bytesAt(result, 1), chaincode) : [],
    events: changed ? eventsOf(bytesAt(result, 2)) : [],
  };
}

function isApplied(response: WireMessage): boolean {
  const answer = parseStrictJson(textAt(response, 3)) as SubmitAnswer | null;
  return integerAt(response, 1) === 200 && answer?.kind === 'applied';
}

/** The chaincode's writes in a `TxReadWriteSet` (ledger/rwset/rwset.proto, kvrwset/kv_rwset.proto). */
function writesOf(results: Uint8Array, chaincode: string): Write[] {
  const own = listAt(readMessage(results), 2)
    .map(readMessage)
    .filter((namespace) => textAt(namespace, 1) === chaincode);
  return own.flatMap((namespace) =>
    listAt(readMessage(bytesAt(namespace, 2)), 3).flatMap((bytes) => {
      const write = readMessage(bytes);
      const place = parseStateKey(textAt(write, 1));
      return place === undefined ? [] : [{ ...place, value: textAt(write, 3) }];
    }),
  );
}

/** The events that the transaction emitted: the payload of its one `ChaincodeEvent`. */
function eventsOf(event: Uint8Array): LedgerEvent[] {
  if (event.length === 0) return [];
  return parseStrictJson(textAt(readMessage(event), 4)) as LedgerEvent[];
}

/** Undefined for what is malformed or refused: a member may put any bytes into a block, and no reader may stop at them. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProofError || error instanceof LedgerError) return undefined;
    throw error;
  }
}
