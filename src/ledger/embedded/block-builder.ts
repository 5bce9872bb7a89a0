import { nativePrimitives } from '../../crypto/index.ts';
import { reject } from '../error.ts';
import type { ContractSet } from '../kit/contract-set.ts';
import { execute } from '../kit/execute.ts';
import {
  isActiveKey,
  LEDGER_KEY,
  type LedgerState,
  MEMBERSHIP,
  type MemberState,
  memberKey,
} from '../kit/member-state.ts';
import { Overlay, type StateReader } from '../kit/state-reader.ts';
import { decodeState } from '../kit/state-value.ts';
import type { Write } from '../ledger.ts';
import type { StoredBlock } from './block-store.ts';
import { blockHash, blockText, transactionText } from './block-text.ts';
import { type Envelope, isSigned, type SignedTransaction } from './envelope.ts';

/** A block in the making: each transaction sees what those before it wrote. */
export class BlockBuilder {
  readonly height: number;
  readonly ids: string[] = [];
  readonly writes: Write[] = [];
  readonly #contracts: ContractSet;
  #state: Overlay;
  readonly #previous: string;
  readonly #texts: string[] = [];
  #sizeBytes = 0;

  /** An empty block on top of `head`. */
  constructor(contracts: ContractSet, committed: StateReader, head: { height: number; hash: string }) {
    this.#contracts = contracts;
    this.#state = new Overlay(committed);
    this.height = head.height + 1;
    this.#previous = head.hash;
  }

  /** Length of the transactions' texts so far. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /**
   * Runs a transaction and takes it into the block. Returns the id under which its content is or will be committed:
   * another transaction's when that one had already said it. Throws `LedgerError` when it is refused; the block stays as it was.
   */
  add(signed: SignedTransaction): string {
    const { envelope, id, digest } = signed;
    if (!isSigned(signed)) reject('signature', 'the transaction is not signed by the key it names');
    const isGenesis = this.#state.get(MEMBERSHIP, LEDGER_KEY) === undefined;
    if (!isGenesis) assertSubmitter(this.#state, envelope, this.height);
    const outcome = execute({
      contracts: this.#contracts,
      state: this.#state,
      primitives: nativePrimitives,
      height: this.height,
      transaction: { ...envelope, id, digest },
      submitter: envelope,
    });
    if (outcome.kind === 'duplicate') return outcome.transaction;
    const next = new Overlay(this.#state);
    for (const { contract, key, value } of outcome.writes) next.put(contract, key, decodeState(value));
    // The genesis brings the members that may submit it: its submitter is checked against what it wrote.
    if (isGenesis) assertSubmitter(next, envelope, this.height);
    this.#accept(signed, outcome.writes, transactionText(signed, outcome.writes, outcome.events));
    return id;
  }

  #accept(signed: SignedTransaction, writes: readonly Write[], text: string): void {
    for (const { contract, key, value } of writes) this.#state.put(contract, key, decodeState(value));
    this.writes.push(...writes);
    this.ids.push(signed.id);
    this.#texts.push(text);
    this.#sizeBytes += text.length;
  }

  /** The finished block. */
  finish(time: string): StoredBlock {
    const { height } = this;
    const text = blockText({ height, previous: this.#previous, time }, this.#texts);
    return { height, hash: blockHash(text), previous: this.#previous, transactions: this.ids.length, text };
  }
}

/**
 * Refuses a transaction whose key is not an active `transaction` key of the organisation it speaks for, or that was made
 * for another ledger. Throws `LedgerError` `rejected`: `wrong-ledger`, `not-a-member` or `key`.
 */
export function assertSubmitter(state: StateReader, envelope: Envelope, height: number): void {
  const ledger = state.get(MEMBERSHIP, LEDGER_KEY) as LedgerState | undefined;
  if (ledger?.id !== envelope.ledger) reject('wrong-ledger', 'the transaction was signed for another ledger');
  const member = state.get(MEMBERSHIP, memberKey(envelope.organisation)) as MemberState | undefined;
  if (member === undefined) reject('not-a-member', 'the organisation is not a member of this ledger');
  const known = member.keys.some(
    (key) => key.use === 'transaction' && key.key === envelope.key && isActiveKey(key, height),
  );
  if (!known) reject('key', 'the key is not an active transaction key of this organisation');
}
