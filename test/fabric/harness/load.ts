import { randomBytes, randomId } from '../../../src/crypto/index.ts';
import {
  type Committed,
  type FabricEngine,
  type Ledger,
  LedgerError,
  openFabricEngine,
  type Transaction,
} from '../../../src/ledger/index.ts';
import { toBase64 } from '../../../src/proof/index.ts';
import { profileOf } from './members.ts';

/** What the ledger said was final. */
export type Acknowledged = Pick<Committed, 'transaction' | 'height'>;

/** Transactions without end by one member through its own peer, every acknowledgement noted. */
export class Load {
  readonly acknowledged: Acknowledged[] = [];
  readonly #engine: FabricEngine;
  #isEnding = false;
  readonly #running: Promise<void>;

  private constructor(engine: FabricEngine) {
    this.#engine = engine;
    this.#running = this.#submit(engine.connect({ role: 'node' }));
  }

  static async begin(network: string, member: string): Promise<Load> {
    return new Load(await openFabricEngine({ profile: profileOf(network, member) }));
  }

  async #submit(ledger: Ledger): Promise<void> {
    for (let sequence = 1; !this.#isEnding; sequence++) {
      try {
        this.acknowledged.push(
          await ledger.submit({ contract: 'membership', name: 'heartbeat', args: { sequence } }),
        );
      } catch (error) {
        // A peer that starts again: what was not acknowledged may be lost.
        if (!(error instanceof LedgerError)) throw error;
      }
    }
  }

  async end(): Promise<readonly Acknowledged[]> {
    this.#isEnding = true;
    await this.#running;
    await this.#engine.close();
    return this.acknowledged;
  }
}

/** Every block that a member's own peer has up to a height, as its id of valid transactions by height and its hash. */
export async function blocksAt(network: string, member: string, height: number) {
  const engine = await openFabricEngine({ profile: profileOf(network, member) });
  try {
    const blocks: { hash: string; valid: ReadonlySet<string> }[] = [];
    const ledger = engine.connect({ role: 'node' });
    for await (const { hash, transactions } of ledger.blocks(0n, AbortSignal.timeout(60_000))) {
      blocks.push({ hash, valid: new Set(transactions.filter(({ valid }) => valid).map(({ id }) => id)) });
      if (blocks.length > height) break;
    }
    return blocks;
  } finally {
    await engine.close();
  }
}

/** One transaction by a member through its own peer. Rejects as the ledger refuses it. */
export function submitOnce(network: string, member: string): Promise<Committed> {
  return submitted(network, member, { contract: 'membership', name: 'heartbeat', args: { sequence: 0 } });
}

/** A consent that a member records as custodian, past its node. */
export function grantOnce(network: string, member: string): Promise<Committed> {
  const args = { id: randomId(), statement: toBase64(randomBytes(32)), sequence: 1, recordedBy: 'custodian' };
  return submitted(network, member, { contract: 'consent', name: 'grant', args });
}

async function submitted(network: string, member: string, transaction: Transaction): Promise<Committed> {
  const engine = await openFabricEngine({ profile: profileOf(network, member) });
  try {
    return await engine.connect({ role: 'node' }).submit(transaction);
  } finally {
    await engine.close();
  }
}
