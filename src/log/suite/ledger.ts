import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Contract,
  commitment,
  count,
  defineContract,
  type EmbeddedEngine,
  id,
  LEDGER_KEY,
  type Ledger,
  type MemberKey,
  type MemberState,
  memberKey,
  object,
  openEmbeddedLedger,
  organisation,
  POLICY_HEAD_KEY,
  type PolicyState,
  policyKey,
  transaction,
} from '../../ledger/index.ts';
import { toBase64 } from '../../proof/index.ts';
import { anchorsContract } from '../index.ts';
import { testSigner } from './material.ts';
import { TEST_LEDGER, type TestNetwork } from './network.ts';
import type { TestMember } from './test-member.ts';

/** An embedded ledger with the members of a test network, the anchors contract, and a membership that does as it is told. */
export class TestLedger {
  readonly #folder = mkdtempSync(join(tmpdir(), 'holdfast-anchors-'));
  readonly #network: TestNetwork;
  readonly engine: EmbeddedEngine;
  #changes = 0;

  private constructor(network: TestNetwork) {
    this.#network = network;
    this.engine = openEmbeddedLedger({
      path: join(this.#folder, 'ledger.db'),
      contracts: [membershipOf(network), anchorsContract],
      now: () => new Date(network.time),
    });
  }

  /** A ledger whose genesis names the network's members. */
  static async begin(network: TestNetwork): Promise<TestLedger> {
    const ledger = new TestLedger(network);
    const submitter = ledger.of([...network.members.keys()][0] ?? '');
    await submitter.submit({ contract: 'membership', name: 'genesis', args: { ledger: TEST_LEDGER } });
    return ledger;
  }

  /** The ledger as a member's node sees it. */
  of(organisationId: string): Ledger {
    const signer = transactionKey(organisationId);
    return this.engine.connect({
      organisation: organisationId,
      role: 'node',
      key: signer.sign,
      publicKey: signer.publicKey,
    });
  }

  /** Puts a new policy version into force, here and in the network. */
  async renewPolicy(): Promise<void> {
    this.#network.policyVersion += 1;
    await this.#tell('renewPolicy', {});
  }

  /** Closes a member's log at a head. */
  async closeLog(owner: string, size: number): Promise<void> {
    await this.#tell('closeLog', { organisation: owner, head: { size, root: toBase64(new Uint8Array(32)) } });
  }

  async #tell(
    name: string,
    args: { readonly [name: string]: string | { size: number; root: string } },
  ): Promise<void> {
    this.#changes += 1;
    const submitter = this.of([...this.#network.members.keys()][0] ?? '');
    await submitter.submit({ contract: 'membership', name, args: { ...args, change: this.#changes } });
  }

  /** Closes the ledger and removes its file. */
  close(): void {
    this.engine.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function transactionKey(organisationId: string) {
  return testSigner('transaction', `transaction ${organisationId}`);
}

/** Writes what the real membership would write; who may decide it is not asked. */
export function membershipOf(network: TestNetwork): Contract {
  const policy = (): PolicyState => ({
    v: 1,
    version: network.policyVersion,
    height: 0,
    networkHash: '',
    logs: {},
    members: network.policyContent().members.map((member) => ({ ...member })),
  });
  return defineContract({
    name: 'membership',
    version: 1,
    transactions: {
      genesis: transaction({
        args: { ledger: id() },
        mode: 'genesis',
        object: () => 'ledger',
        apply(context, args) {
          context.put(LEDGER_KEY, { v: 1, id: args.ledger });
          for (const member of network.members.values())
            context.put(memberKey(member.organisation), stateOf(member));
          context.put(policyKey(1), policy());
          context.put(POLICY_HEAD_KEY, { v: 1, version: 1 });
        },
      }),
      renewPolicy: transaction({
        args: { change: count() },
        object: ({ change }) => `change/${change}`,
        apply(context) {
          context.put(policyKey(network.policyVersion), policy());
          context.put(POLICY_HEAD_KEY, { v: 1, version: network.policyVersion });
        },
      }),
      closeLog: transaction({
        args: {
          change: count(),
          organisation: organisation(),
          head: object({ size: count(), root: commitment() }),
        },
        object: ({ change }) => `change/${change}`,
        apply(context, { organisation: owner, head }) {
          const state = context.get<MemberState>(memberKey(owner));
          if (state === undefined) throw new Error('no such member');
          const logs = state.logs.map((log) => ({ ...log, closed: head }));
          context.put(memberKey(owner), { ...state, logs });
        },
      }),
    },
    queries: {},
  });
}

function stateOf({ organisation: name, origin, logKey, witnessKey }: TestMember): MemberState {
  const keys = [
    ['log', logKey.publicKey],
    ['witness', witnessKey.publicKey],
    ['transaction', transactionKey(name).publicKey],
  ] as const;
  return {
    v: 1,
    organisation: name,
    status: 'active',
    address: { url: `http://localhost/orgs/${name}`, origin },
    keys: keys.map(
      ([use, publicKey]): MemberKey => ({
        id: createHash('sha256').update(`${name} ${use}`).digest('hex').slice(0, 32),
        use,
        algorithm: 'ed25519',
        key: toBase64(publicKey),
        from: 0,
      }),
    ),
    logs: [{ origin }],
  };
}
