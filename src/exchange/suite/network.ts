import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { consentContract } from '../../consent/index.ts';
import { ed25519Signer, nativePrimitives, randomId } from '../../crypto/index.ts';
import {
  createOrganisationKeys,
  genesisOf,
  type Joining,
  membershipContract,
  type OrganisationKey,
} from '../../identity/index.ts';
import {
  type EmbeddedEngine,
  type KeyUse,
  type Ledger,
  openEmbeddedLedger,
  type TransactionArgs,
} from '../../ledger/index.ts';
import { anchorsContract } from '../../log/index.ts';
import { verifyEd25519 } from '../../proof/index.ts';
import type { KeyLookup, Member } from '../index.ts';
import { MemberNode } from './member-node.ts';

/** The address that requests are signed for; where they go is another matter. */
const PUBLIC_URL = 'https://records.example';

/** A few organisations in one process: a real embedded ledger, and each member's node on real parts, over HTTP. */
export class ExchangeNetwork {
  readonly id = randomId();
  readonly nodes = new Map<string, MemberNode>();
  readonly #folder = mkdtempSync(join(tmpdir(), 'holdfast-exchange-'));
  readonly #joining: ReadonlyMap<string, Joining>;
  readonly #engine: EmbeddedEngine;
  readonly #app: FastifyInstance;

  private constructor(organisations: readonly string[]) {
    this.#joining = new Map(
      organisations.map((organisation) => {
        const origin = `holdfast.local/orgs/${organisation}`;
        const address = { url: PUBLIC_URL, origin };
        return [organisation, { organisation, address, keys: createOrganisationKeys() }];
      }),
    );
    this.#engine = openEmbeddedLedger({
      path: join(this.#folder, 'ledger.db'),
      contracts: [membershipContract, anchorsContract, consentContract],
      now: () => new Date(),
    });
    this.#app = Fastify({ genReqId: () => randomId() });
  }

  /** A network whose members serve. */
  static async start(...organisations: string[]): Promise<ExchangeNetwork> {
    const network = new ExchangeNetwork(organisations);
    const args = genesisOf(network.id, [...network.#joining.values()]) as unknown as TransactionArgs;
    const [first = ''] = organisations;
    await network.ledger(first, 'admin').submit({ contract: 'membership', name: 'genesis', args });
    for (const organisation of organisations) {
      const folder = join(network.#folder, organisation);
      network.nodes.set(organisation, await MemberNode.open(network, organisation, folder));
    }
    for (const node of network.nodes.values()) await node.register(network.#app);
    await network.#app.listen({ host: '127.0.0.1', port: 0 });
    return network;
  }

  /** A member's node. */
  node(organisation: string): MemberNode {
    const node = this.nodes.get(organisation);
    if (node === undefined) throw new Error(`${organisation} is no member`);
    return node;
  }

  /** Where the process listens. */
  get origin(): string {
    return `http://127.0.0.1:${(this.#app.server.address() as AddressInfo).port}`;
  }

  /** The members' public address. */
  get publicUrl(): string {
    return PUBLIC_URL;
  }

  /** The ledger as a member sees it. */
  ledger(organisation: string, role: 'node' | 'admin' = 'node'): Ledger {
    const { privateKey, publicKey } = this.key(organisation, 'transaction');
    return this.#engine.connect({ organisation, role, key: ed25519Signer(privateKey), publicKey });
  }

  /** A member's key of one use. */
  key(organisation: string, use: KeyUse): OrganisationKey {
    const key = this.#joining.get(organisation)?.keys.find((each) => each.use === use);
    if (key === undefined) throw new Error(`${organisation} has no ${use} key`);
    return key;
  }

  /** A member as the others know it. */
  member(organisation: string): Member {
    const { publicKey } = this.key(organisation, 'exchange-seal');
    return { organisation, url: PUBLIC_URL, reach: this.origin, sealKey: publicKey };
  }

  /** Ids of the members. */
  organisations(): string[] {
    return [...this.#joining.keys()].sort();
  }

  /** Whose key it is now. */
  get lookup(): KeyLookup {
    return (keyId) => {
      const [organisation = '', id] = keyId.split('/');
      if (!this.organisations().includes(organisation)) return undefined;
      const key = this.key(organisation, 'exchange-sign');
      if (key.id !== id) return undefined;
      const verify = (message: Uint8Array, signature: Uint8Array) =>
        verifyEd25519(key.publicKey, message, signature, nativePrimitives);
      return { organisation, verify };
    };
  }

  /** What receipts are checked against: the policy of each member's log. */
  policies(): string[] {
    return [...this.nodes.values()].map(({ policy }) => policy);
  }

  /** Delivers what is due until nothing is, and every member has seen the newest block. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 2; ) {
      await Promise.all([...this.nodes.values()].map((node) => node.caughtUp()));
      const delivered = await Promise.all([...this.nodes.values()].map((node) => node.delivery.round()));
      quiet = delivered.some((count) => count > 0) ? 0 : quiet + 1;
    }
  }

  /** Publishes every log once. */
  async publish(): Promise<void> {
    for (const node of this.nodes.values()) await node.log.publish();
  }

  /** Stops everything and removes the folder. */
  async stop(): Promise<void> {
    await this.#app.close();
    for (const node of this.nodes.values()) await node.close();
    this.#engine.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
