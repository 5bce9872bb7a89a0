import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomId } from '../../crypto/index.ts';
import {
  type Committed,
  type Contract,
  type Ledger,
  LedgerError,
  LedgerLog,
  type Role,
  type TransactionArgs,
} from '../index.ts';
import { FOUNDERS, TEST_LEDGER, testPolicy, testPublicKey, testSigner } from './test-member.ts';

/** Pause between looks at logs that catch up. */
const LOOK_MS = 5;

/** Who connects to a network under test; its keys come from `testSigner`. */
export interface TestConnection {
  readonly organisation: string;
  readonly role: Role;
  readonly ledgerLog?: LedgerLog;
}

/** An engine under test. */
export interface EngineUnderTest {
  connect(connection: TestConnection): Ledger;
  close(): Promise<void>;
}

/** Starts an engine on a folder: empty the first time, with what an earlier engine left there the next. */
export type StartEngine = (folder: string, contracts: readonly Contract[]) => Promise<EngineUnderTest>;

/** A network of the suite: an engine, and every founder's ledger log. */
export class SuiteNetwork {
  readonly #start: StartEngine;
  readonly #contracts: readonly Contract[];
  readonly #folder = mkdtempSync(join(tmpdir(), 'holdfast-ledger-'));
  readonly logs = new Map<string, LedgerLog>();
  /** Changes what a member answers when it is asked to sign. */
  answer: (organisation: string, line: () => Promise<string>) => Promise<string> = (_organisation, line) =>
    line();
  #engine: EngineUnderTest | undefined;
  #ended = new AbortController();
  #following: Promise<void>[] = [];

  private constructor(start: StartEngine, contracts: readonly Contract[]) {
    this.#start = start;
    this.#contracts = contracts;
  }

  /** A network that has not begun. */
  static async empty(start: StartEngine, contracts: readonly Contract[]): Promise<SuiteNetwork> {
    const network = new SuiteNetwork(start, contracts);
    await network.#open();
    return network;
  }

  /** A network whose genesis is committed. */
  static async begun(start: StartEngine, contracts: readonly Contract[]): Promise<SuiteNetwork> {
    const network = await SuiteNetwork.empty(start, contracts);
    const { height } = await network.ledger('st-mary', 'admin').submit(genesis());
    // A channel may be long before the ledger begins on it: the logs read it all first.
    const logs = [...network.logs.values()];
    while (logs.some(({ size }) => size <= height)) await delay(LOOK_MS);
    return network;
  }

  async #open(): Promise<void> {
    this.#ended = new AbortController();
    this.#engine = await this.#start(join(this.#folder, 'engine'), this.#contracts);
    for (const organisation of FOUNDERS) {
      const log = new LedgerLog({
        path: join(this.#folder, `${organisation}.db`),
        ledger: TEST_LEDGER,
        organisation,
        sign: testSigner(organisation, 'ledger'),
        publicKey: testPublicKey(organisation, 'ledger'),
        catchUpMs: 1_000,
        policy: async () => testPolicy(1),
        collect: (checkpoint) => this.#collect(organisation, checkpoint),
      });
      this.logs.set(organisation, log);
      this.#following.push(log.follow(this.ledger(organisation), this.#ended.signal));
    }
  }

  async #collect(asker: string, checkpoint: string): Promise<string[]> {
    const others = [...this.logs].filter(([organisation]) => organisation !== asker);
    const lines = await Promise.allSettled(
      others.map(([organisation, log]) => this.answer(organisation, () => log.cosign(checkpoint))),
    );
    return lines.flatMap((line) => (line.status === 'fulfilled' ? [line.value] : []));
  }

  /** The ledger as an organisation sees it. */
  ledger(organisation: string, role: Role = 'node'): Ledger {
    if (this.#engine === undefined) throw new Error('the network is stopped');
    const ledgerLog = this.logs.get(organisation);
    return this.#engine.connect({ organisation, role, ...(ledgerLog === undefined ? {} : { ledgerLog }) });
  }

  /** Stops everything and starts it on the same folder; ledgers from before are dead. */
  async restart(): Promise<void> {
    await this.#stop();
    await this.#open();
  }

  async #stop(): Promise<void> {
    this.#ended.abort();
    await Promise.all(this.#following);
    this.#following = [];
    await this.#engine?.close();
    this.#engine = undefined;
    for (const log of this.logs.values()) log.close();
    this.logs.clear();
  }

  /** Stops everything and removes the folder. */
  async end(): Promise<void> {
    await this.#stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The genesis of every network of the suite. */
export function genesis() {
  return { contract: 'membership', name: 'genesis', args: { ledger: TEST_LEDGER, founders: [...FOUNDERS] } };
}

/** A transaction that sets a counter, a new one with sequence 1 unless said otherwise. */
export function set(args: TransactionArgs = {}, time?: string) {
  const all = { id: randomId(), sequence: 1, value: 1, ...args };
  return { contract: 'counter', name: 'set', args: all, ...(time === undefined ? {} : { time }) };
}

/** `code/reason` of the refusal of a promise, `code` without a reason; throws when it was kept or failed otherwise. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  const result = await promise.then(
    (value) => ({ value: value as Committed }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in result)) throw new Error('it was not refused');
  const { error } = result;
  if (!(error instanceof LedgerError)) throw error;
  return error.reason === undefined ? error.code : `${error.code}/${error.reason}`;
}
