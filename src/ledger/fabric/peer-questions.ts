import { fromUtf8, type OrderedBlock, readOrderedBlock } from '../../proof/index.ts';
import type { LedgerError } from '../error.ts';
import type { Role } from '../kit/context.ts';
import type { CommitOutcome } from './block-feed.ts';
import type { ChannelView } from './channel-view.ts';
import { decodeBlock } from './decode-block.ts';
import type { PeerGateway } from './gateway.ts';
import { gatewayOutcome } from './gateway-outcome.ts';

/** What a peer says of a transaction that never was, or that it knows of by a snapshot alone. */
const NOT_HERE = /no such transaction ID|bootstrapped from a snapshot/i;

/** What is asked of the organisation's own peer and chaincode; every failure is a `LedgerError`. */
export class PeerQuestions {
  readonly #gateway: Pick<PeerGateway, 'ask' | 'askPeer'>;
  readonly #view: ChannelView & { readonly mspId: string };
  readonly #assertOpen: () => void;

  /** `assertOpen` throws what whoever asks a closed engine gets. */
  constructor(
    gateway: Pick<PeerGateway, 'ask' | 'askPeer'>,
    view: ChannelView & { readonly mspId: string },
    assertOpen: () => void,
  ) {
    this.#gateway = gateway;
    this.#view = view;
    this.#assertOpen = assertOpen;
  }

  /** Asks the chaincode. */
  async chaincode(role: Role, name: string, ...args: readonly string[]): Promise<string> {
    try {
      return fromUtf8(await this.#gateway.ask(role, name, ...args));
    } catch (error) {
      throw this.#outcome(error, 'asking the chaincode');
    }
  }

  /** Asks the peer's query chaincode; `what` says for what, in a message. */
  async peer(what: string, name: string, ...args: readonly string[]): Promise<Uint8Array> {
    try {
      return await this.#gateway.askPeer(name, ...args);
    } catch (error) {
      throw this.#outcome(error, what);
    }
  }

  /** The block of a transaction; undefined when the peer has none with this id. */
  async blockOf(id: string): Promise<OrderedBlock | undefined> {
    try {
      return readOrderedBlock(await this.#gateway.askPeer('GetBlockByTxID', id));
    } catch (error) {
      if (error instanceof Error && NOT_HERE.test(error.message)) return undefined;
      throw this.#outcome(error, 'finding a transaction');
    }
  }

  /** Where a transaction stands; undefined when the peer has no block with it. */
  async find(id: string): Promise<CommitOutcome | undefined> {
    const ordered = await this.blockOf(id);
    if (ordered === undefined) return undefined;
    const block = decodeBlock(ordered, this.#view);
    const transaction = block.transactions.find((candidate) => candidate.id === id);
    return transaction && { height: Number(block.height), block: block.hash, valid: transaction.valid };
  }

  #outcome(error: unknown, what: string): LedgerError {
    this.#assertOpen();
    return gatewayOutcome(error, this.#view.mspId, what).error;
  }
}
