import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ED25519_COSIGNATURE,
  ED25519_NOTE,
  formatLogPolicy,
  formatNetworkPolicy,
  ledgerKeyName,
  type PolicyContent,
} from '../../proof/index.ts';
import type { OnRecovered } from '../index.ts';
import { testSigner, vkey } from './material.ts';
import { identityOf, openMember, type TestIdentity, type TestMember } from './test-member.ts';
import { type Wire, Wiring } from './wiring.ts';

/** The ledger id of every test network. */
export const TEST_LEDGER = '0123456789abcdef0123456789abcdef';
/** The organisations of a test network of four. */
export const FOUR = ['st-mary', 'lakeside', 'meridian', 'aurora'];

/** What a test may set. */
export interface NetworkOptions {
  organisations?: readonly string[];
  /** Databases in files of a temporary folder, so that they can be reopened; in memory when left out. */
  files?: true;
  wire?: Wire;
  maxStepEntries?: number;
  onRecovered?: (organisation: string) => OnRecovered | undefined;
}

/** Organisations in one process that witness each other. */
export class TestNetwork {
  readonly members = new Map<string, TestMember>();
  readonly wire: Wire;
  /** The policy version in force. */
  policyVersion = 1;
  /** Milliseconds since the epoch, for every clock of the network. */
  time = Date.UTC(2026, 10, 1);
  readonly #options: NetworkOptions;
  readonly #folder: string | undefined;
  readonly #wiring: Wiring;

  constructor(options: NetworkOptions = {}) {
    this.wire = options.wire ?? {};
    this.#options = options;
    this.#folder = options.files ? mkdtempSync(join(tmpdir(), 'holdfast-log-')) : undefined;
    this.#wiring = new Wiring(this.wire, (organisation) => this.member(organisation));
    for (const organisation of options.organisations ?? FOUR)
      this.members.set(organisation, this.#open(identityOf(organisation)));
  }

  /** Path of a member's database file. */
  path(organisation: string): string {
    return this.#folder === undefined ? ':memory:' : join(this.#folder, `${organisation}.db`);
  }

  #open(identity: TestIdentity): TestMember {
    const { organisation } = identity;
    return openMember(identity, {
      path: this.path(organisation),
      now: () => new Date(this.time),
      policy: () => this.logPolicy(organisation),
      others: () => [...this.members.values()].filter((each) => each.organisation !== organisation),
      wiring: this.#wiring,
      maxStepEntries: this.#options.maxStepEntries,
      onRecovered: this.#options.onRecovered?.(organisation),
    });
  }

  /** A member of the network; fails for a name that is none. */
  member(organisation: string): TestMember {
    const member = this.members.get(organisation);
    if (member === undefined) throw new Error(`no member ${organisation}`);
    return member;
  }

  /** Closes a member's database and opens it again, as after a crash. */
  reopen(organisation: string): TestMember {
    const member = this.member(organisation);
    member.log.close();
    member.database.close();
    return Object.assign(member, this.#open(member));
  }

  /** Appends entries in a transaction of their own and returns the first leaf index. */
  append(organisation: string, entries: readonly Uint8Array[]): number {
    const { database, log } = this.member(organisation);
    return database.transaction(() => log.append(entries));
  }

  /** The policy of one member's log. */
  logPolicy(owner: string): string {
    return formatLogPolicy(this.policyContent(), owner);
  }

  /** The policy of the network. */
  networkPolicy(): string {
    return formatNetworkPolicy(this.policyContent());
  }

  /** What both policies are made of. */
  policyContent(): PolicyContent {
    return {
      ledger: TEST_LEDGER,
      version: this.policyVersion,
      members: [...this.members.values()].map(({ organisation, logKey, witnessKey }) => ({
        organisation,
        log: vkey(logKey, ED25519_NOTE),
        witness: vkey(witnessKey, ED25519_COSIGNATURE),
        ledger: vkey(
          testSigner(ledgerKeyName(TEST_LEDGER, organisation), `ledger ${organisation}`),
          ED25519_COSIGNATURE,
        ),
      })),
    };
  }

  /** Closes every database and removes the files. */
  close(): void {
    for (const { log, database } of this.members.values()) {
      log.close();
      database.close();
    }
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}
