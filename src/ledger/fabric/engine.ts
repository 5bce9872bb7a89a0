import { setMaxListeners } from 'node:events';
import {
  fromUtf8,
  integerAt,
  type LedgerEvidence,
  readMessage,
  readOrderedBlock,
} from '../../proof/index.ts';
import { LedgerError, reject } from '../error.ts';
import type { Role } from '../kit/context.ts';
import { parseTime } from '../kit/scalar.ts';
import type { Block, Committed, Ledger, Transaction, TransactionArgs } from '../ledger.ts';
import { plainArgs } from '../plain-args.ts';
import { BlockFeed, type CommitOutcome, followBlocks } from './block-feed.ts';
import { decodeBlock } from './decode-block.ts';
import { PeerGateway } from './gateway.ts';
import { gatewayOutcome } from './gateway-outcome.ts';
import { FUNCTION, requestText } from './invocation.ts';
import { OrderingChain } from './ordering-chain.ts';
import { type FabricProfile, readProfile } from './profile.ts';
import { Submission } from './submission.ts';

/** How a channel is opened. */
export interface FabricOptions {
  /** The organisation's connection profile: its file, or what `readProfile` made of it. */
  readonly profile: string | FabricProfile;
  /** The clock for claimed times; the system's when left out. */
  readonly now?: () => Date;
}

/** Who connects. The organisation is the profile's; the role chooses the certificate. */
export interface FabricConnection {
  readonly role: Role;
  /** The organisation's ledger log, which assembles evidence; without one `evidence` is unavailable. */
  readonly ledgerLog?: { evidence(transactionId: string, atHeight: number): Promise<LedgerEvidence> };
}

/** One organisation's way to a Hyperledger Fabric channel, through its own peer. */
export interface FabricEngine {
  readonly organisation: string;
  /** The ledger as this organisation sees it. */
  connect(connection: FabricConnection): Ledger;
  /** Height of the newest block seen here; −1 before the first. */
  readonly height: number;
  /** Why no blocks come at the moment; undefined while they do. For readiness reports. */
  readonly problem: unknown;
  /** The version of the chaincode that the own peer runs, `<semver>+<hash>`. Throws `LedgerError` `unavailable`. */
  chaincodeVersion(): Promise<string>;
  /** Refuses what is waiting and ends every stream. */
  close(): Promise<void>;
}

/** As `openFabricEngine`. */
export async function openEngine(options: FabricOptions): Promise<FabricEngine> {
  const profile = typeof options.profile === 'string' ? readProfile(options.profile) : options.profile;
  const engine = new Engine(profile, options.now ?? (() => new Date()));
  try {
    await engine.begin();
  } catch (error) {
    await engine.close();
    throw error;
  }
  return engine;
}

class Engine implements FabricEngine {
  readonly organisation: string;
  readonly #profile: FabricProfile;
  readonly #now: () => Date;
  readonly #gateway: PeerGateway;
  readonly #closing = new AbortController();
  readonly #feed = new BlockFeed((id) => {
    this.#ledgerId = id;
  });
  readonly #chain: OrderingChain;
  readonly #submission: Submission;
  #following: Promise<void> = Promise.resolve();
  #ledgerId: string | undefined;

  constructor(profile: FabricProfile, now: () => Date) {
    // Every transaction that waits listens for the end.
    setMaxListeners(0, this.#closing.signal);
    this.organisation = profile.organisation;
    this.#profile = profile;
    this.#now = now;
    this.#gateway = new PeerGateway(profile);
    this.#chain = new OrderingChain((number) =>
      this.#asked('reading a block', 'GetBlockByNumber', String(number)),
    );
    const peer = {
      mspId: profile.mspId,
      endorse: this.#gateway.endorse.bind(this.#gateway),
      find: (id: string) => this.#find(id),
    };
    this.#submission = new Submission(peer, this.#feed, this.#closing.signal);
  }

  get height(): number {
    return this.#feed.height;
  }

  get problem(): unknown {
    return this.#feed.problem;
  }

  /** Asks where the channel stands and follows it from there. */
  async begin(): Promise<void> {
    const blocks = integerAt(readMessage(await this.#asked('opening the channel', 'GetChainInfo')), 1);
    this.#ledgerId = (await this.#about().catch(() => undefined))?.ledger;
    const newest = BigInt(Math.max(0, blocks - 1));
    this.#following = this.#feed.run(this.#gateway, this.#profile, newest, this.#closing.signal);
  }

  async #about(): Promise<{ version: string; ledger?: string }> {
    const answer = await this.#ask('node', FUNCTION.about);
    return JSON.parse(answer) as { version: string; ledger?: string };
  }

  async chaincodeVersion(): Promise<string> {
    return (await this.#about()).version;
  }

  connect({ role, ledgerLog }: FabricConnection): Ledger {
    const engine = this;
    return {
      engine: 'fabric',
      get id() {
        if (engine.#ledgerId === undefined)
          throw new LedgerError('unavailable', 'the ledger has not begun', { reason: 'no-genesis' });
        return engine.#ledgerId;
      },
      submit: (transaction) => this.#submit(role, transaction),
      query: (contract, name, args) => this.#query(role, contract, name, args),
      blocks: (fromHeight, signal) => this.#blocks(fromHeight, signal),
      evidence: (transactionId) => this.#evidence(transactionId, ledgerLog),
    };
  }

  async #submit(role: Role, transaction: Transaction): Promise<Committed> {
    this.#assertOpen();
    const { contract, name } = transaction;
    const time = parseTime(transaction.time ?? this.#now().toISOString(), 'time');
    return this.#submission.commit(role, { contract, name, args: plainArgs(transaction.args), time });
  }

  async #query(role: Role, contract: string, name: string, args: TransactionArgs): Promise<unknown> {
    this.#assertOpen();
    const text = requestText({ contract, name, args: plainArgs(args) });
    return (JSON.parse(await this.#ask(role, FUNCTION.query, text)) as { answer: unknown }).answer;
  }

  async *#blocks(from: bigint, signal: AbortSignal): AsyncGenerator<Block, undefined, undefined> {
    this.#assertOpen();
    yield* followBlocks(this.#gateway, this.#profile, from, AbortSignal.any([signal, this.#closing.signal]));
    if (!signal.aborted) this.#assertOpen();
  }

  async #evidence(id: string, ledgerLog: FabricConnection['ledgerLog']): Promise<LedgerEvidence> {
    this.#assertOpen();
    const block = await this.#blockOf(id);
    if (block === undefined) reject('unknown-transaction', 'no such transaction was committed');
    if (ledgerLog === undefined)
      throw new LedgerError('unavailable', 'no ledger log is attached to give evidence');
    const evidence = await ledgerLog.evidence(id, block.number);
    return { ...evidence, ordering: await this.#chain.evidence(block) };
  }

  async #find(id: string): Promise<CommitOutcome | undefined> {
    const ordered = await this.#blockOf(id);
    if (ordered === undefined) return undefined;
    const block = decodeBlock(ordered, this.#profile);
    const transaction = block.transactions.find((candidate) => candidate.id === id);
    return transaction && { height: ordered.number, block: block.hash, valid: transaction.valid };
  }

  /** The block of a transaction; undefined when the peer has none of this id. */
  async #blockOf(id: string) {
    try {
      return readOrderedBlock(await this.#gateway.askPeer('GetBlockByTxID', id));
    } catch (error) {
      if (error instanceof Error && /no such transaction ID/i.test(error.message)) return undefined;
      throw this.#outcome(error, 'finding a transaction');
    }
  }

  async #ask(role: Role, name: string, ...args: readonly string[]): Promise<string> {
    try {
      return fromUtf8(await this.#gateway.ask(role, name, ...args));
    } catch (error) {
      throw this.#outcome(error, 'asking the chaincode');
    }
  }

  async #asked(what: string, name: string, ...args: readonly string[]): Promise<Uint8Array> {
    try {
      return await this.#gateway.askPeer(name, ...args);
    } catch (error) {
      throw this.#outcome(error, what);
    }
  }

  #outcome(error: unknown, what: string): LedgerError {
    this.#assertOpen();
    return gatewayOutcome(error, this.#profile.mspId, what).error;
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#gateway.close();
    await this.#following;
  }

  #assertOpen(): void {
    if (this.#closing.signal.aborted)
      throw new LedgerError('unavailable', 'the ledger is closed; open it again', { reason: 'closed' });
  }
}
