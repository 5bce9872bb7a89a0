import { nativePrimitives } from '../../../crypto/index.ts';
import {
  assertMajority,
  type ContinuedFrom,
  type ContinuedLedger,
  parseSignedContinuation,
  type SignedContinuation,
} from '../../continuation/continuation.ts';
import { CARRIED_KEY, StateTree, type StateTreeHead } from '../../continuation/state-tree.ts';
import { conflict, reject } from '../../error.ts';
import { MAX_RANGE } from '../../kit/context.ts';
import {
  CONTINUATION_KEY,
  LEDGER_KEY,
  type LedgerState,
  MEMBERSHIP,
  type MemberState,
} from '../../kit/member-state.ts';
import { decodeState, encodeState, type StateObject } from '../../kit/state-value.ts';
import {
  type CarryRequest,
  type ContinueRequest,
  parseStateRequest,
  type StateAnswer,
} from '../carry-request.ts';
import { parseStateKey, stateKey, stateRange } from '../state-key.ts';
import type { Submitter } from '../submitter.ts';
import type { StateSource } from './complete-reads.ts';

/** Which channel an endorser serves, as its organisation's connection profile says. */
export interface OwnChannel {
  /** Hash of the channel's first block, hexadecimal. */
  readonly genesis?: string;
  /** The block and state after which a ledger goes on here; absent on a channel where it begins, the state alone in profiles of older releases. */
  readonly continues?: ContinuedFrom | ContinuedLedger;
}

/** What carrying needs of an invocation. */
export interface CarryInvocation extends StateSource {
  put(key: string, value: string): Promise<void>;
}

interface CarriedState extends StateObject, StateTreeHead {}
interface ContinuationState extends StateObject, SignedContinuation {}

const carriedKey = stateKey(MEMBERSHIP, CARRIED_KEY);
const continuationKey = stateKey(MEMBERSHIP, CONTINUATION_KEY);

/** How much of a state was carried here; undefined when nothing was. */
export async function carriedHead(source: StateSource): Promise<StateTreeHead | undefined> {
  const text = await source.get(carriedKey);
  return text === undefined ? undefined : (decodeState(text) as CarriedState);
}

/** The statement with which the ledger went on here; undefined on one that began here, or has not. */
export async function continuationHere(source: StateSource): Promise<SignedContinuation | undefined> {
  const text = await source.get(continuationKey);
  if (text === undefined) return undefined;
  const { v: _v, ...continuation } = decodeState(text) as ContinuationState;
  return parseSignedContinuation(continuation);
}

async function assertCarrying(
  source: StateSource,
  { continues }: OwnChannel,
  { role }: Submitter,
): Promise<ContinuedFrom & Partial<ContinuedLedger>> {
  if (continues === undefined) reject('begins-here', 'this channel was not made to continue a ledger');
  if (role !== 'admin') reject('role', 'this takes the role admin');
  if ((await source.get(stateKey(MEMBERSHIP, LEDGER_KEY))) !== undefined)
    conflict('begun', 'this ledger has already begun');
  return continues;
}

/** Writes the next part of a state. Only in order, only before the ledger begins, only on a channel made for it. */
export async function carry(
  invocation: CarryInvocation,
  request: CarryRequest,
  channel: OwnChannel,
  submitter: Submitter,
): Promise<void> {
  await assertCarrying(invocation, channel, submitter);
  const head = await carriedHead(invocation);
  if ((head?.entries ?? 0) !== request.from)
    conflict('carried', `${head?.entries ?? 0} values were carried so far; go on from there`);
  const tree = new StateTree(head);
  for (const write of request.values) tree.add(write);
  const carried: CarriedState = { v: 1, ...tree.head() };
  for (const { contract, key, value } of request.values) await invocation.put(stateKey(contract, key), value);
  await invocation.put(carriedKey, encodeState(carried));
}

/**
 * Begins the ledger on what was carried. Refuses a statement about another channel, closing block or state than these, and one that
 * no majority of the members in that state signed. The members of a carried state vouch for themselves: which state it is, every
 * endorser's own profile says.
 */
export async function continueLedger(
  invocation: CarryInvocation,
  { continuation }: ContinueRequest,
  channel: OwnChannel,
  submitter: Submitter,
): Promise<void> {
  const continues = await assertCarrying(invocation, channel, submitter);
  const { statement } = continuation;
  const isHere =
    statement.channel === channel.genesis &&
    statement.height === continues.height &&
    statement.block === continues.block;
  if (!isHere) reject('other-channel', 'the statement is about another channel or closing block than these');
  if (statement.entries !== continues.entries || statement.state !== continues.state)
    reject('state-differs', 'the state that was signed is not the one that this channel continues');
  const carried = new StateTree(await carriedHead(invocation)).hash();
  if (carried.entries !== statement.entries || carried.state !== statement.state)
    reject('state-differs', 'the state that was carried is not the one that the members signed');
  const members = await membersIn(invocation);
  if (!members.some(({ organisation }) => organisation === submitter.organisation))
    reject('not-a-member', 'the organisation is not a member of this ledger');
  assertMajority(continuation, members, nativePrimitives);
  const ledger: LedgerState = { v: 1, id: statement.ledger };
  await invocation.put(stateKey(MEMBERSHIP, LEDGER_KEY), encodeState(ledger));
  const kept: ContinuationState = { v: 1, ...continuation };
  await invocation.put(continuationKey, encodeState(kept));
}

async function membersIn(source: StateSource): Promise<MemberState[]> {
  const { start, end } = stateRange(MEMBERSHIP, 'member/', undefined);
  const entries = await source.range(start, end, MAX_RANGE);
  return entries.map(({ text }) => decodeState(text) as MemberState);
}

/** First key of a contract: names begin with a small letter. */
const FIRST = 'a';
/** After every key of every contract. */
const AFTER_ALL = '{';

/** A page of the state as it is, in the order of its keys. */
export async function statePage(source: StateSource, text: string): Promise<StateAnswer> {
  const { after, limit } = parseStateRequest(text);
  const entries = await source.range(after === '' ? FIRST : `${after}!`, AFTER_ALL, limit);
  return {
    values: entries.flatMap(({ key, text: value }) => {
      const place = parseStateKey(key);
      return place === undefined ? [] : [[place.contract, place.key, value] as const];
    }),
  };
}

/** Where the ledger stands, beside its id: how far a state was carried here, and with which statement the ledger went on. */
export async function standing(
  source: StateSource,
): Promise<{ carried?: number; continuation?: SignedContinuation }> {
  const [head, continuation] = await Promise.all([carriedHead(source), continuationHere(source)]);
  return {
    ...(head === undefined ? {} : { carried: head.entries }),
    ...(continuation === undefined ? {} : { continuation }),
  };
}
