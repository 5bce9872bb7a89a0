import { setTimeout as delay } from 'node:timers/promises';
import { type FabricEngine, openEngine } from '../fabric/engine.ts';
import { approveDefinition, commitDefinition } from '../fabric/network/chaincode-lifecycle.ts';
import type { NetworkContext } from '../fabric/network/network-context.ts';
import type { ChaincodeDescription } from '../fabric/network/network-description.ts';
import {
  type RunningNetwork,
  type StartNetworkOptions,
  startNetwork,
} from '../fabric/network/start-network.ts';
import { type FabricProfile, readProfile } from '../fabric/profile.ts';
import type { Committed, Ledger } from '../index.ts';
import { FOUNDERS } from './test-member.ts';
import type { EngineUnderTest, StartEngine, TestConnection } from './test-network.ts';

/** Ledgers are asked for one after the other; these many are approved at once, which is faster than one by one. */
const LEDGERS_AT_ONCE = 12;
/** Pause between looks at a peer that has not the newest block yet. */
const LOOK_MS = 5;

/**
 * A Fabric network of the suite's four organisations. Each engine that it starts has a ledger of its own: the same chaincode under
 * another name on the one channel, hence with empty state. Heights are the channel's.
 */
export class SuiteFabric {
  readonly network: RunningNetwork;
  readonly #free: string[];
  readonly #used = new Map<string, string>();

  private constructor(network: RunningNetwork, names: string[]) {
    this.network = network;
    this.#free = names;
  }

  /** Starts the network, whose processes are this process's, and approves ledgers for a whole suite. */
  static async start(options: StartNetworkOptions): Promise<SuiteFabric> {
    const network = await startNetwork(options);
    try {
      const names = Array.from({ length: LEDGERS_AT_ONCE }, (_, i) => `ledger-${i + 1}`);
      await Promise.all(names.map((name) => approveLedger(network.context, name)));
      return new SuiteFabric(network, names);
    } catch (error) {
      await network.stop();
      throw error;
    }
  }

  /** The connection of an organisation to the ledger of a name. */
  profile(organisation: string, chaincode: string): FabricProfile {
    return { ...readProfile(this.network.profile(organisation)), chaincode };
  }

  /** A ledger that nobody has used. */
  unused(): string {
    const name = this.#free.shift();
    if (name === undefined) throw new Error('the suite uses more ledgers than were approved');
    return name;
  }

  /** Starts an engine at every organisation: on an unused ledger the first time, on the folder's the next. */
  readonly startEngine: StartEngine = async (folder) => {
    const name = this.#used.get(folder) ?? this.unused();
    this.#used.set(folder, name);
    const profiles = FOUNDERS.map((organisation) => this.profile(organisation, name));
    const engines = await Promise.all(profiles.map((profile) => openEngine({ profile })));
    return new SuiteEngines(engines, { ...this.profile('st-mary', name), mspId: 'stranger' });
  };
}

async function approveLedger(context: NetworkContext, name: string): Promise<void> {
  const { chaincode, organisations } = context.description;
  if (chaincode === undefined) throw new Error('the network has no chaincode');
  const definition: ChaincodeDescription = { ...chaincode, name, sequence: 1 };
  await Promise.all(organisations.map((plan) => approveDefinition(context, plan, definition)));
  const [first] = organisations;
  if (first !== undefined) await commitDefinition(context, first, definition, organisations);
}

/**
 * The engines of all organisations as one. What one of them has committed is known to the others as soon as their peers have the
 * block; the suite speaks of what is final, so that each is asked once it has the newest block that any of them was told of.
 */
class SuiteEngines implements EngineUnderTest {
  readonly #engines: ReadonlyMap<string, FabricEngine>;
  readonly #stranger: FabricProfile;
  #newest = -1;

  /** `stranger` has a genuine certificate and claims to be of an organisation that the channel does not know. */
  constructor(engines: readonly FabricEngine[], stranger: FabricProfile) {
    this.#engines = new Map(engines.map((engine) => [engine.organisation, engine]));
    this.#stranger = stranger;
  }

  connect({ organisation, role, ledgerLog }: TestConnection): Ledger {
    const engine = this.#engines.get(organisation);
    if (engine === undefined) return this.#closedTo();
    const ledger = engine.connect({ role, ...(ledgerLog === undefined ? {} : { ledgerLog }) });
    const note = (committed: Committed) => {
      this.#newest = Math.max(this.#newest, committed.height);
      return committed;
    };
    return {
      engine: ledger.engine,
      get id() {
        return ledger.id;
      },
      submit: async (transaction) => {
        await this.#caughtUp(engine);
        return note(await ledger.submit(transaction));
      },
      query: async (...question) => {
        await this.#caughtUp(engine);
        return ledger.query(...question);
      },
      blocks: (from, signal) => ledger.blocks(from, signal),
      evidence: (transactionId) => ledger.evidence(transactionId),
    };
  }

  /** The ledger of somebody whom the channel turns away at the door: each question opens it anew. */
  #closedTo(): Ledger {
    const opened = async () => (await openEngine({ profile: this.#stranger })).connect({ role: 'node' });
    return {
      engine: 'fabric',
      id: '',
      submit: async (transaction) => (await opened()).submit(transaction),
      query: async (...question) => (await opened()).query(...question),
      evidence: async (transactionId) => (await opened()).evidence(transactionId),
      blocks: () => {
        throw new Error('the suite lets no stranger read');
      },
    };
  }

  async #caughtUp(engine: FabricEngine): Promise<void> {
    while (engine.height < this.#newest && engine.problem === undefined) await delay(LOOK_MS);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#engines.values()].map((engine) => engine.close()));
  }
}
