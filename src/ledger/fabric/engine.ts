import { setMaxListeners } from 'node:events';
import {
  integerAt,
  type LedgerEvidence,
  type OrderedBlock,
  type OrderingEvidence,
  readMessage,
} from '../../proof/index.ts';
import type { ContinuedFrom } from '../continuation/continuation.ts';
import { LedgerError, reject } from '../error.ts';
import type { Role } from '../kit/context.ts';
import { parseTime } from '../kit/scalar.ts';
import type { Block, Committed, Ledger, Transaction, TransactionArgs } from '../ledger.ts';
import { plainArgs } from '../plain-args.ts';
import { BlockFeed, followBlocks } from './block-feed.ts';
import { CarriedLedger } from './carried-ledger.ts';
import { type About, assertSameBeginning, beforeSnapshot } from './channel-beginning.ts';
import { firstHeight, heightOf } from './channel-view.ts';
import { PeerGateway } from './gateway.ts';
import { FUNCTION, requestText } from './invocation.ts';
import { OrderingChain } from './ordering-chain.ts';
import { PeerQuestions } from './peer-questions.ts';
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
  /** Ledger height of the first block that the own peer has: more than 0 on a channel that continues a ledger, and after a snapshot. */
  readonly firstBlock: number;
  /** The way by which a ledger goes on here that was closed on another engine. */
  readonly carried: CarriedLedger;
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
  readonly carried: CarriedLedger;
  readonly #profile: FabricProfile;
  readonly #now: () => Date;
  readonly #gateway: PeerGateway;
  readonly #questions: PeerQuestions;
  readonly #closing = new AbortController();
  readonly #feed = new BlockFeed((id) => {
    this.#ledgerId = id;
  });
  readonly #chain: OrderingChain;
  readonly #submission: Submission;
  #following: Promise<void> = Promise.resolve();
  #ledgerId: string | undefined;
  /** The block before the first one that the own peer has; undefined when it has every block of the ledger. */
  #before: ContinuedFrom | undefined;

  constructor(profile: FabricProfile, now: () => Date) {
    // Every transaction that waits listens for the end.
    setMaxListeners(0, this.#closing.signal);
    this.organisation = profile.organisation;
    this.#profile = profile;
    this.#now = now;
    this.#gateway = new PeerGateway(profile);
    this.#questions = new PeerQuestions(this.#gateway, profile, () => this.#assertOpen());
    this.#chain = new OrderingChain((number) =>
      this.#questions.peer('reading a block', 'GetBlockByNumber', String(number)),
    );
    const peer = {
      mspId: profile.mspId,
      endorse: this.#gateway.endorse.bind(this.#gateway),
      find: (id: string) => this.#questions.find(id),
      before: () => this.#before,
    };
    this.#submission = new Submission(peer, this.#feed, this.#closing.signal);
    this.carried = new CarriedLedger({
      ask: (name, ...args) => this.#questions.chaincode('admin', name, ...args),
      submit: (name, text) => this.#submission.commit('admin', { name, text: () => text }),
      now,
    });
  }

  get height(): number {
    return this.#feed.height;
  }

  get problem(): unknown {
    return this.#feed.problem;
  }

  /** Asks where the channel stands and follows it from there. */
  async begin(): Promise<void> {
    const info = readMessage(await this.#questions.peer('opening the channel', 'GetChainInfo'));
    const blocks = integerAt(info, 1);
    const blockAt = (number: number) =>
      this.#questions.peer('reading a block', 'GetBlockByNumber', String(number));
    this.#before = (await beforeSnapshot(info, this.#profile, blockAt)) ?? this.#profile.continues;
    const about = await this.#about().catch(() => undefined);
    this.#ledgerId = about?.ledger;
    assertSameBeginning(this.#profile, about);
    const newest = BigInt(heightOf(this.#profile, Math.max(0, blocks - 1)));
    this.#following = this.#feed.run(this.#gateway, this.#profile, newest, this.#closing.signal);
  }

  get firstBlock(): number {
    return this.#before === undefined ? 0 : this.#before.height + 1;
  }

  async #about(): Promise<About> {
    return JSON.parse(await this.#questions.chaincode('node', FUNCTION.about)) as About;
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
    const { contract, name, urgency } = transaction;
    const time = parseTime(transaction.time ?? this.#now().toISOString(), 'time');
    const asked = { contract, name, args: plainArgs(transaction.args), time };
    const text = (height: number) => requestText({ ...asked, height });
    const wanted = { name: FUNCTION.submit, text, ...(urgency === undefined ? {} : { urgency }) };
    return this.#submission.commit(role, wanted);
  }

  async #query(role: Role, contract: string, name: string, args: TransactionArgs): Promise<unknown> {
    this.#assertOpen();
    const text = requestText({ contract, name, args: plainArgs(args) });
    return (JSON.parse(await this.#questions.chaincode(role, FUNCTION.query, text)) as { answer: unknown })
      .answer;
  }

  async *#blocks(from: bigint, signal: AbortSignal): AsyncGenerator<Block, undefined, undefined> {
    this.#assertOpen();
    const first = BigInt(this.firstBlock);
    const start = from < first ? first : from;
    yield* followBlocks(this.#gateway, this.#profile, start, AbortSignal.any([signal, this.#closing.signal]));
    if (!signal.aborted) this.#assertOpen();
  }

  async #evidence(id: string, ledgerLog: FabricConnection['ledgerLog']): Promise<LedgerEvidence> {
    this.#assertOpen();
    const block = await this.#questions.blockOf(id);
    if (block === undefined && this.#before === undefined)
      reject('unknown-transaction', 'no such transaction was committed');
    if (ledgerLog === undefined)
      throw new LedgerError('unavailable', 'no ledger log is attached to give evidence');
    // What was committed before the first block here stands in the ledger log all the same; who ordered it, this peer cannot show.
    if (block === undefined) return ledgerLog.evidence(id, 0);
    const evidence = await ledgerLog.evidence(id, heightOf(this.#profile, block.number));
    const ordering = await this.#ordering(block);
    return ordering === undefined ? evidence : { ...evidence, ordering };
  }

  /** Who ordered a block; undefined at a peer that joined from a snapshot and lacks the configurations of before. */
  async #ordering(block: OrderedBlock): Promise<OrderingEvidence | undefined> {
    const first = firstHeight(this.#profile);
    try {
      const ordering = await this.#chain.evidence(block);
      return first === 0 ? ordering : { ...ordering, first };
    } catch (error) {
      if (error instanceof LedgerError && this.firstBlock > first) return undefined;
      throw error;
    }
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
