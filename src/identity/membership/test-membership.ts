import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ed25519Signer, randomId } from '../../crypto/index.ts';
import {
  type Committed,
  type Contract,
  type EmbeddedEngine,
  type Ledger,
  LedgerError,
  type MemberState,
  openEmbeddedLedger,
  type PolicyState,
  type Role,
  type TransactionArgs,
} from '../../ledger/index.ts';
import { toBase64 } from '../../proof/index.ts';
import { membershipContract } from '../contract.ts';
import { createOrganisationKey, createOrganisationKeys, type OrganisationKey } from '../organisation-keys.ts';
import {
  type Applicant,
  type Application,
  genesisMessage,
  joinMessage,
  type NewKey,
} from './member-application.ts';

/** The ledger id of every test network. */
export const LEDGER = 'aabbccddeeff00112233445566778899';

/** An organisation with its keys. */
export class TestOrganisation {
  readonly id: string;
  keys: OrganisationKey[] = createOrganisationKeys();

  constructor(id: string) {
    this.id = id;
  }

  /** The first key of a use. */
  key(use: NewKey['use']): OrganisationKey {
    const key = this.keys.find((candidate) => candidate.use === use);
    if (key === undefined) throw new Error(`no key for ${use}`);
    return key;
  }

  /** What it brings, unsigned. */
  applicant(): Applicant {
    const origin = `holdfast.local/orgs/${this.id}`;
    return {
      organisation: this.id,
      address: { url: `http://localhost:8471/orgs/${this.id}`, origin },
      keys: this.keys.map(publicPart),
    };
  }

  /** What it brings, with its signature over a message. */
  signed(message: Uint8Array): Application {
    const signature = ed25519Signer(this.key('transaction').privateKey)(message);
    return { ...this.applicant(), signature: toBase64(signature) };
  }
}

/** A key as a transaction brings it. */
export function publicPart({ id, use, algorithm, publicKey }: OrganisationKey): NewKey {
  return { id, use, algorithm, key: toBase64(publicKey) };
}

/** A new key for a use, ready to be proposed. */
export function freshKey(use: NewKey['use']): NewKey {
  return publicPart(createOrganisationKey(use));
}

/** Arguments of a genesis that each founder has signed. */
export function genesisArgs(founders: readonly TestOrganisation[], ledger: string = LEDGER): TransactionArgs {
  const sorted = founders.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const message = genesisMessage(
    ledger,
    sorted.map((founder) => founder.applicant()),
  );
  return { ledger, founders: sorted.map((founder) => founder.signed(message)) };
}

/** A ledger with the real membership contract. */
export class TestMembership {
  readonly organisations: TestOrganisation[];
  readonly #folder = mkdtempSync(join(tmpdir(), 'holdfast-membership-'));
  readonly engine: EmbeddedEngine;

  constructor(names: readonly string[], contracts: readonly Contract[] = []) {
    this.organisations = names.map((name) => new TestOrganisation(name));
    this.engine = openEmbeddedLedger({
      path: join(this.#folder, 'ledger.db'),
      contracts: [membershipContract, ...contracts],
    });
  }

  /** A ledger whose genesis these organisations have signed. */
  static async begun(names: readonly string[], contracts: readonly Contract[] = []): Promise<TestMembership> {
    const membership = new TestMembership(names, contracts);
    await membership.submit(names[0] ?? '', 'genesis', genesisArgs(membership.organisations));
    return membership;
  }

  organisation(id: string): TestOrganisation {
    const found = this.organisations.find((organisation) => organisation.id === id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  }

  ledger(id: string, role: Role = 'admin', key = this.organisation(id).key('transaction')): Ledger {
    const { privateKey, publicKey } = key;
    return this.engine.connect({ organisation: id, role, key: ed25519Signer(privateKey), publicKey });
  }

  submit(id: string, name: string, args: TransactionArgs): Promise<Committed> {
    return this.ledger(id).submit({ contract: 'membership', name, args });
  }

  /** Proposes a change and returns the proposal's id. */
  async propose(by: string, change: object): Promise<string> {
    const proposal = randomId();
    await this.submit(by, 'propose', { proposal, ...change });
    return proposal;
  }

  /** Proposes a change by the first organisation and has the others approve it. */
  async decide(by: readonly string[], change: object): Promise<void> {
    const [first = '', ...others] = by;
    const proposal = await this.propose(first, change);
    for (const other of others) await this.submit(other, 'approve', { proposal });
  }

  /** A join of a new organisation, signed by it. */
  join(id: string, ledger: string = LEDGER): { kind: 'join'; member: Application } {
    const organisation = new TestOrganisation(id);
    this.organisations.push(organisation);
    return { kind: 'join', member: organisation.signed(joinMessage(ledger, organisation.applicant())) };
  }

  async member(id: string): Promise<Omit<MemberState, 'v' | 'organisation'> & { id: string }> {
    const members = (await this.query('members', {})) as (Omit<MemberState, 'v' | 'organisation'> & {
      id: string;
    })[];
    const member = members.find((candidate) => candidate.id === id);
    if (member === undefined) throw new Error(`${id} is not a member`);
    return member;
  }

  async policy(version?: number): Promise<PolicyState> {
    return (await this.query('policy', version === undefined ? {} : { version })) as PolicyState;
  }

  query(name: string, args: TransactionArgs): Promise<unknown> {
    const [first] = this.organisations;
    return this.ledger(first?.id ?? '').query('membership', name, args);
  }

  end(): void {
    this.engine.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** `code/reason` of the refusal of a promise. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof LedgerError) return `${error.code}/${error.reason}`;
    throw error;
  }
  throw new Error('it was not refused');
}
