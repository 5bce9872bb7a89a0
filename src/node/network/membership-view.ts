import {
  type Block,
  isActiveKey,
  type KeyUse,
  LEDGER_KEY,
  type Ledger,
  MEMBERSHIP,
  type MemberKey,
  type MemberState,
  POLICY_HEAD_KEY,
  type PolicyHeadState,
  type PolicyState,
  policyContent,
} from '../../ledger/index.ts';
import { formatLogPolicy, formatNetworkPolicy, withdrawPolicy } from '../../proof/index.ts';

const MEMBER_PREFIX = 'member/';
const POLICY_PREFIX = 'policy/';

/**
 * Who is a member now, with which keys, and every policy version, as the blocks say: the one value that travels down to
 * log, identity and exchange (DESIGN §2). Pure: fed with blocks in order.
 */
export class MembershipView {
  readonly #members = new Map<string, MemberState>();
  readonly #policies = new Map<number, PolicyState>();
  #newest: number | undefined;
  #ledger: string | undefined;
  #height = 0;

  /** Takes one block; blocks come in order, from genesis on. */
  apply(block: Block): void {
    this.#height = Math.max(this.#height, Number(block.height));
    for (const transaction of block.transactions) {
      if (!transaction.valid) continue;
      for (const { contract, key, value } of transaction.writes) {
        if (contract === MEMBERSHIP) this.#set(key, JSON.parse(value));
      }
    }
  }

  /**
   * Takes the present state of a ledger in place of its blocks, so that starting does not cost its whole history. Blocks
   * that are applied afterwards may repeat it.
   */
  async load(ledger: Pick<Ledger, 'query'>): Promise<void> {
    const state = (await ledger.query(MEMBERSHIP, 'ledger', {})) as { id: string } | null;
    if (state === null) return;
    this.#ledger = state.id;
    const members = (await ledger.query(MEMBERSHIP, 'members', {})) as (MemberState & { id: string })[];
    for (const { id, ...member } of members) this.#members.set(id, { ...member, organisation: id });
    const newest = (await ledger.query(MEMBERSHIP, 'policy', {})) as PolicyState | null;
    this.#newest = newest?.version;
    for (let version = 1; version <= (newest?.version ?? 0); version += 1) {
      const policy = (await ledger.query(MEMBERSHIP, 'policy', { version })) as PolicyState | null;
      if (policy !== null) this.#policies.set(version, policy);
    }
  }

  /** Says how far the ledger is, when the state was loaded and not read from blocks. */
  reachedHeight(height: number): void {
    this.#height = Math.max(this.#height, height);
  }

  #set(key: string, value: unknown): void {
    if (key === LEDGER_KEY) this.#ledger = (value as { id: string }).id;
    else if (key === POLICY_HEAD_KEY) this.#newest = (value as PolicyHeadState).version;
    else if (key.startsWith(MEMBER_PREFIX))
      this.#members.set(key.slice(MEMBER_PREFIX.length), value as MemberState);
    else if (key.startsWith(POLICY_PREFIX)) {
      const policy = value as PolicyState;
      this.#policies.set(policy.version, policy);
    }
  }

  /** The ledger's id; undefined before genesis was seen. */
  get ledgerId(): string | undefined {
    return this.#ledger;
  }

  /** Height of the newest block applied. */
  get height(): number {
    return this.#height;
  }

  /** Every member, suspended ones included, sorted by id. */
  members(): MemberState[] {
    return [...this.#members.values()].sort((a, b) => (a.organisation < b.organisation ? -1 : 1));
  }

  /** A member; undefined when there never was one of that id. */
  member(organisation: string): MemberState | undefined {
    return this.#members.get(organisation);
  }

  /** Active keys of an active member for a use, newest first; empty otherwise. */
  activeKeys(organisation: string, use: KeyUse): MemberKey[] {
    const member = this.#members.get(organisation);
    if (member?.status !== 'active') return [];
    return member.keys
      .filter((key) => key.use === use && isActiveKey(key, this.#height))
      .sort((a, b) => b.from - a.from);
  }

  /** Number of the newest policy version; undefined before genesis was seen. */
  get policyVersion(): number | undefined {
    return this.#newest;
  }

  /** The network's policy text of a version, the newest by default; undefined when there is none. */
  networkPolicy(version = this.#newest): string | undefined {
    return this.#text(version, (content) => formatNetworkPolicy(content));
  }

  /** One log's policy text of a version; undefined when that version does not list the organisation. */
  logPolicy(organisation: string, version = this.#newest): string | undefined {
    if (version === undefined || this.#policies.get(version)?.logs[organisation] === undefined)
      return undefined;
    return this.#text(version, (content) => formatLogPolicy(content, organisation));
  }

  /** Texts of every version of the network's policy that was not withdrawn, oldest first. */
  trustedPolicies(): string[] {
    return [...this.#policies.values()]
      .filter((policy) => policy.withdrawn !== true)
      .sort((a, b) => a.version - b.version)
      .flatMap((policy) => this.networkPolicy(policy.version) ?? []);
  }

  #text(
    version: number | undefined,
    format: (content: ReturnType<typeof policyContent>) => string,
  ): string | undefined {
    const policy = version === undefined ? undefined : this.#policies.get(version);
    if (policy === undefined || this.#ledger === undefined) return undefined;
    const text = format(policyContent(this.#ledger, policy));
    return policy.withdrawn === true ? withdrawPolicy(text) : text;
  }
}
