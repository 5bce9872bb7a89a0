import { type CallOptions, Client, credentials } from '@grpc/grpc-js';
import {
  connect,
  type Gateway,
  hash,
  type Network,
  signers,
  type Transaction,
} from '@hyperledger/fabric-gateway';
import type { OrderedBlock } from '../../proof/index.ts';
import type { Role } from '../kit/context.ts';
import type { FabricProfile } from './profile.ts';

/** A peer collects endorsements from others within this; each of them has 10 s of its own. */
const ENDORSE_MS = 15_000;
/** An answer from the organisation's own peer. */
const EVALUATE_MS = 10_000;
/** The peer hands a transaction to enough orderers within this; a change of the leader does not hold it up. */
const SUBMIT_MS = 12_000;
/** Longest pause before a lost connection is tried again: an operator who starts the peer sees it taken up at once. */
const MAX_RECONNECT_MS = 2_000;
/** A dead peer is noticed within two of these, also by a stream on which nothing comes. */
const KEEPALIVE_MS = 10_000;
/** A peer that is cut off without a word is given up after this. */
const KEEPALIVE_TIMEOUT_MS = 5_000;

/** A transaction that enough organisations endorsed. */
export interface Endorsed {
  readonly transactionId: string;
  /** What the chaincode answered, as every endorser signed it. */
  readonly payload: Uint8Array;
  /** Sends it to the orderers; the same bytes each time, so that a second time changes nothing. */
  order(): Promise<void>;
}

/** The organisation's own peer, as client: the Fabric Gateway service that every peer runs. Connects when needed, and again when lost. */
export class PeerGateway {
  readonly #profile: FabricProfile;
  readonly #client: Client;
  readonly #gateways = new Map<Role, Gateway>();

  /** Nothing is connected before it is asked. */
  constructor(profile: FabricProfile) {
    const { endpoint, serverName, tlsCa } = profile.peer;
    this.#profile = profile;
    this.#client = new Client(endpoint, credentials.createSsl(tlsCa), {
      'grpc.ssl_target_name_override': serverName,
      'grpc.default_authority': serverName,
      'grpc.max_reconnect_backoff_ms': MAX_RECONNECT_MS,
      'grpc.keepalive_time_ms': KEEPALIVE_MS,
      'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
      'grpc.max_receive_message_length': -1,
    });
  }

  #network(role: Role): Network {
    const known = this.#gateways.get(role);
    const gateway = known ?? this.#connect(role);
    if (known === undefined) this.#gateways.set(role, gateway);
    return gateway.getNetwork(this.#profile.channel);
  }

  #connect(role: Role): Gateway {
    const { certificate, key } = this.#profile.identities[role];
    return connect({
      client: this.#client,
      identity: { mspId: this.#profile.mspId, credentials: certificate },
      signer: signers.newPrivateKeySigner(key),
      hash: hash.sha256,
      endorseOptions: () => within(ENDORSE_MS),
      evaluateOptions: () => within(EVALUATE_MS),
      submitOptions: () => within(SUBMIT_MS),
    });
  }

  /** Asks the chaincode at the organisation's own peer, which alone it trusts. Throws `GatewayError`. */
  ask(role: Role, name: string, ...args: readonly string[]): Promise<Uint8Array> {
    return this.#evaluate(role, this.#profile.chaincode, name, args);
  }

  /** Asks the peer's query chaincode about its copy of the channel. Throws `GatewayError`. */
  async askPeer(name: string, ...args: readonly string[]): Promise<Uint8Array> {
    return this.#evaluate('node', 'qscc', name, [this.#profile.channel, ...args]);
  }

  #evaluate(role: Role, chaincode: string, name: string, args: readonly string[]): Promise<Uint8Array> {
    return this.#network(role)
      .getContract(chaincode)
      .evaluate(name, { arguments: [...args], endorsingOrganizations: [this.#profile.peer.mspId] });
  }

  /** Has a transaction endorsed by as many organisations as the policy of the chaincode asks for. Throws `GatewayError`. */
  async endorse(role: Role, name: string, text: string): Promise<Endorsed> {
    const proposal = this.#network(role)
      .getContract(this.#profile.chaincode)
      .newProposal(name, { arguments: [text] });
    const transaction: Transaction = await proposal.endorse();
    return {
      transactionId: proposal.getTransactionId(),
      payload: transaction.getResult(),
      order: async () => {
        await transaction.submit();
      },
    };
  }

  /** The channel's blocks from a number on, as they come. Ends when the signal aborts; throws `GatewayError` when the peer is lost. */
  async *blocks(from: bigint, signal: AbortSignal): AsyncGenerator<OrderedBlock, undefined, undefined> {
    const events = await this.#network('node').getBlockEvents({ startBlock: from });
    const close = () => events.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      if (signal.aborted) return;
      for await (const block of events) yield orderedBlock(block);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', close);
      events.close();
    }
  }

  /** The numbers of the channel's blocks from one on, as they come, without their content. As `blocks`. */
  async *numbers(from: bigint, signal: AbortSignal): AsyncGenerator<number, undefined, undefined> {
    const events = await this.#network('node').getFilteredBlockEvents({ startBlock: from });
    const close = () => events.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      for await (const block of events) yield block.getNumber();
    } finally {
      signal.removeEventListener('abort', close);
      events.close();
    }
  }

  /** Ends every call and stream. */
  close(): void {
    for (const gateway of this.#gateways.values()) gateway.close();
    this.#client.close();
  }
}

function within(timeoutMs: number): CallOptions {
  return { deadline: Date.now() + timeoutMs };
}

/** A block as the gateway's package reads it. */
type GatewayBlock =
  Awaited<ReturnType<Network['getBlockEvents']>> extends AsyncIterable<infer B> ? B : never;

function orderedBlock(block: GatewayBlock): OrderedBlock {
  const header = block.getHeader();
  return {
    number: header?.getNumber() ?? 0,
    previousHash: header?.getPreviousHash_asU8() ?? new Uint8Array(),
    dataHash: header?.getDataHash_asU8() ?? new Uint8Array(),
    data: block.getData()?.getDataList_asU8() ?? [],
    metadata: block.getMetadata()?.getMetadataList_asU8() ?? [],
  };
}
