import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nativePrimitives } from '../../crypto/index.ts';
import { type Database, openDatabase } from '../../database/index.ts';
import {
  ED25519_COSIGNATURE,
  ED25519_NOTE,
  formatLogPolicy,
  formatNetworkPolicy,
  ledgerKeyName,
  type PolicyContent,
  parsePolicy,
  parseVerifierKey,
  type Signer,
  witnessName,
} from '../../proof/index.ts';
import {
  type Alarm,
  Alarms,
  type FetchTile,
  inProcessWitness,
  type KnownLog,
  logMigrations,
  type OnRecovered,
  type OrganisationLog,
  openLog,
  tilesOf,
  Witness,
  type WitnessClient,
} from '../index.ts';
import { originOf, testSigner, vkey } from './material.ts';

/** The ledger id of every test network. */
export const TEST_LEDGER = '0123456789abcdef0123456789abcdef';
/** The organisations of a test network of four. */
export const FOUR = ['st-mary', 'lakeside', 'meridian', 'aurora'];

/** One organisation of a test network. */
export interface TestMember {
  readonly organisation: string;
  readonly origin: string;
  readonly logKey: Signer;
  readonly witnessKey: Signer;
  database: Database;
  alarms: Alarms;
  /** Alarms as they were told. */
  readonly told: Alarm[];
  log: OrganisationLog;
  witness: Witness;
}

/** What a test may put between members: called for every message, it may wait, change, drop (throw) or let pass. */
export interface Wire {
  addCheckpoint?(
    from: string,
    to: string,
    body: string,
    deliver: () => Promise<{ status: number; body: string }>,
  ): Promise<{ status: number; body: string }>;
  fetch?(
    reader: string,
    source: string,
    path: string,
    deliver: () => Promise<Uint8Array | undefined>,
  ): Promise<Uint8Array | undefined>;
}

/** Organisations in one process that witness each other through the same bytes as over HTTP. */
export class TestNetwork {
  readonly members = new Map<string, TestMember>();
  readonly wire: Wire;
  /** The policy version in force. */
  policyVersion = 1;
  /** Milliseconds since the epoch, for every clock of the network. */
  time = Date.UTC(2026, 10, 1);
  readonly #maxStepEntries: number | undefined;
  readonly #folder: string | undefined;
  readonly #onRecovered: ((organisation: string) => OnRecovered | undefined) | undefined;

  constructor(
    options: {
      organisations?: readonly string[];
      /** Databases in files of a temporary folder, so that they can be reopened; in memory when left out. */
      files?: true;
      wire?: Wire;
      maxStepEntries?: number;
      onRecovered?: (organisation: string) => OnRecovered | undefined;
    } = {},
  ) {
    this.wire = options.wire ?? {};
    this.#maxStepEntries = options.maxStepEntries;
    this.#folder = options.files ? mkdtempSync(join(tmpdir(), 'holdfast-log-')) : undefined;
    this.#onRecovered = options.onRecovered;
    for (const organisation of options.organisations ?? FOUR) this.#add(organisation);
  }

  #add(organisation: string): void {
    const origin = originOf(organisation);
    const partial = {
      organisation,
      origin,
      logKey: testSigner(origin, `log ${organisation}`),
      witnessKey: testSigner(witnessName('holdfast.local', organisation), `witness ${organisation}`),
      told: [],
    };
    this.members.set(organisation, this.#open(partial));
  }

  /** Path of a member's database file. */
  path(organisation: string): string {
    return this.#folder === undefined ? ':memory:' : join(this.#folder, `${organisation}.db`);
  }

  #open(of: Pick<TestMember, 'organisation' | 'origin' | 'logKey' | 'witnessKey' | 'told'>): TestMember {
    const { organisation, origin, logKey, witnessKey, told } = of;
    const database = openDatabase({
      path: this.path(organisation),
      migrations: logMigrations,
      synchronous: 'NORMAL',
    });
    const now = () => new Date(this.time);
    const alarms = new Alarms({ database, now, onAlarm: (alarm) => told.push(alarm) });
    const onRecovered = this.#onRecovered?.(organisation);
    const log = openLog({
      database,
      origin,
      organisation,
      signer: logKey,
      alarms,
      primitives: nativePrimitives,
      witnessing: () => ({
        policy: parsePolicy(this.logPolicy(organisation)),
        witnesses: this.#clients(organisation),
      }),
      ...(onRecovered && { onRecovered }),
    });
    const witness = new Witness({
      database,
      signer: witnessKey,
      alarms,
      now,
      primitives: nativePrimitives,
      knownLogs: () => this.#knownLogs(organisation),
      ...(this.#maxStepEntries !== undefined && { maxStepEntries: this.#maxStepEntries }),
      fetchTiles: (known) => this.#tilesFor(organisation, known.organisation),
      fetchMirrors: (known) =>
        this.#others(organisation, known.organisation).map((holder) =>
          this.#mirrorFor(organisation, holder, known.origin),
        ),
    });
    return { organisation, origin, logKey, witnessKey, told, database, alarms, log, witness };
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

  #others(...not: string[]): string[] {
    return [...this.members.keys()].filter((organisation) => !not.includes(organisation));
  }

  readonly #clientCache = new Map<string, WitnessClient[]>();

  #clients(owner: string): WitnessClient[] {
    const known = this.#clientCache.get(owner);
    if (known !== undefined) return known;
    const clients = this.#others(owner).map((organisation) => {
      const client = inProcessWitness({
        organisation,
        witness: () => this.member(organisation).witness,
        mirror: this.#mirrorFor(owner, organisation, originOf(owner)),
      });
      return {
        ...client,
        addCheckpoint: (body: string, signal: AbortSignal) => {
          const deliver = () => client.addCheckpoint(body, signal);
          return this.wire.addCheckpoint?.(owner, organisation, body, deliver) ?? deliver();
        },
      };
    });
    this.#clientCache.set(owner, clients);
    return clients;
  }

  #knownLogs(witness: string): KnownLog[] {
    return this.#others(witness).map((organisation) => {
      const { origin, logKey } = this.member(organisation);
      return { origin, organisation, keys: [parseVerifierKey(vkey(logKey, ED25519_NOTE))] };
    });
  }

  #tilesFor(reader: string, owner: string): FetchTile {
    const fetch = tilesOf(() => this.member(owner).log.source);
    return this.#wired(reader, owner, fetch);
  }

  #mirrorFor(reader: string, holder: string, origin: string): FetchTile {
    const fetch = tilesOf(() => this.member(holder).witness.mirrorSource(origin));
    return this.#wired(reader, holder, fetch);
  }

  #wired(reader: string, source: string, fetch: FetchTile): FetchTile {
    return (path, signal) => {
      const deliver = () => fetch(path, signal);
      return this.wire.fetch?.(reader, source, path, deliver) ?? deliver();
    };
  }
}
