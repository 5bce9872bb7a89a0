import { canonicalBytes, fromBase64, type Primitives, verifyEd25519 } from '../../proof/index.ts';
import { reject } from '../error.ts';
import { list, object } from '../kit/composite.ts';
import { malformed, matching } from '../kit/field.ts';
import { isActiveKey, type MemberState } from '../kit/member-state.ts';
import { count, id, organisation, signature } from '../kit/scalar.ts';
import type { StateHash } from './state-tree.ts';

/** Signers of one continuation: as many as a ledger has members. */
const MAX_SIGNERS = 128; // membership's own limit
const TYPE = 'holdfast/continuation/v1';
const HASH = /^[0-9a-f]{64}$/;

/** That a ledger goes on after its closing block, with which state, and on which channel. Hashes are hexadecimal SHA-256. */
export interface Continuation {
  readonly type: typeof TYPE;
  /** The ledger's id, which stays. */
  readonly ledger: string;
  /** Height and hash of the block that closed the ledger on the engine it leaves. */
  readonly height: number;
  readonly block: string;
  /** The state that goes on, as `stateHash`. */
  readonly entries: number;
  readonly state: string;
  /** Hash of the first block of the channel on which it goes on: there and nowhere else. */
  readonly channel: string;
}

/** A continuation with its members' signatures (base64) by their `transaction` keys. */
export interface SignedContinuation {
  readonly statement: Continuation;
  readonly signatures: readonly { readonly organisation: string; readonly signature: string }[];
}

const numbers = object({ ledger: id(), height: count(), entries: count() });
const signatures = list(object({ organisation: organisation(), signature: signature() }), {
  min: 1,
  max: MAX_SIGNERS,
});

/** A continuation of these contents. */
export function continuationOf(content: Omit<Continuation, 'type'>): Continuation {
  return { type: TYPE, ...content };
}

/** Reads a signed continuation. Throws `LedgerError` `rejected` `malformed`. Verifies no signature. */
export function parseSignedContinuation(value: unknown): SignedContinuation {
  const { statement, signatures: signed, ...others } = objectAt(value, 'continuation');
  const { type, block, state, channel, ...rest } = objectAt(statement, 'statement');
  if (type !== TYPE || Object.keys(others).length > 0) malformed('continuation', `one of type ${TYPE}`);
  const hash = (text: unknown, name: string) => matching(text, name, HASH, 'a hash of 64 hexadecimal digits');
  return {
    statement: {
      type: TYPE,
      ...numbers.parse(rest, 'statement'),
      block: hash(block, 'statement.block'),
      state: hash(state, 'statement.state'),
      channel: hash(channel, 'statement.channel'),
    },
    signatures: signatures.parse(signed, 'signatures'),
  };
}

function objectAt(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) malformed(path, 'an object');
  return { ...value };
}

/** The block after which a ledger goes on elsewhere. */
export interface ContinuedFrom {
  readonly height: number;
  /** Its hash, hexadecimal. */
  readonly block: string;
}

/** What a channel is made to continue: the closing block, and the one state that goes on after it. */
export interface ContinuedLedger extends ContinuedFrom, StateHash {}

/** The bytes that members sign: the JCS of the statement. */
export function continuationMessage(continuation: Continuation): Uint8Array {
  return canonicalBytes(continuation);
}

/**
 * The active members whose `transaction` key signed a continuation, each once. `members` are those of the state that goes on:
 * like founders, they bring the keys that they sign with.
 */
export function signersOf(
  { statement: said, signatures }: SignedContinuation,
  members: readonly MemberState[],
  primitives: Primitives,
): string[] {
  const message = continuationMessage(said);
  return members
    .filter(({ status }) => status === 'active')
    .filter(({ organisation: member, keys }) =>
      signatures.some(
        (each) =>
          each.organisation === member &&
          keys.some(
            (key) =>
              key.use === 'transaction' &&
              isActiveKey(key, said.height) &&
              verifyEd25519(fromBase64(key.key), message, fromBase64(each.signature), primitives),
          ),
      ),
    )
    .map(({ organisation: member }) => member);
}

/** Refuses a continuation that no more than half of the active members signed: `rejected` `not-signed`. */
export function assertMajority(
  continuation: SignedContinuation,
  members: readonly MemberState[],
  primitives: Primitives,
): void {
  const active = members.filter(({ status }) => status === 'active').length;
  const signers = signersOf(continuation, members, primitives).length;
  if (signers * 2 <= active)
    reject('not-signed', `${signers} of ${active} members signed the continuation; it takes more than half`);
}
