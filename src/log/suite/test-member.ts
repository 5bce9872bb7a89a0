import { nativePrimitives } from '../../crypto/index.ts';
import { type Database, openDatabase } from '../../database/index.ts';
import { ED25519_NOTE, parsePolicy, parseVerifierKey, type Signer, witnessName } from '../../proof/index.ts';
import {
  type Alarm,
  Alarms,
  type KnownLog,
  logMigrations,
  type OnRecovered,
  type OrganisationLog,
  openLog,
  Witness,
} from '../index.ts';
import { originOf, testSigner, vkey } from './material.ts';
import type { Wiring } from './wiring.ts';

/** Who a member is, whatever becomes of its database. */
export interface TestIdentity {
  readonly organisation: string;
  readonly origin: string;
  readonly logKey: Signer;
  readonly witnessKey: Signer;
  /** Alarms as they were told. */
  readonly told: Alarm[];
}

/** One organisation of a test network. */
export interface TestMember extends TestIdentity {
  database: Database;
  alarms: Alarms;
  log: OrganisationLog;
  witness: Witness;
}

/** What a member knows of its network. */
export interface TestMemberOptions {
  /** Of its database file. */
  readonly path: string;
  readonly now: () => Date;
  /** The policy of its log. */
  readonly policy: () => string;
  readonly others: () => readonly TestIdentity[];
  readonly wiring: Wiring;
  readonly maxStepEntries: number | undefined;
  readonly onRecovered: OnRecovered | undefined;
}

/** Keys that follow from a member's name. */
export function identityOf(organisation: string): TestIdentity {
  const origin = originOf(organisation);
  return {
    organisation,
    origin,
    logKey: testSigner(origin, `log ${organisation}`),
    witnessKey: testSigner(witnessName('holdfast.local', organisation), `witness ${organisation}`),
    told: [],
  };
}

/** Opens a member's log and witness on its database. */
export function openMember(of: TestIdentity, options: TestMemberOptions): TestMember {
  const { organisation, origin, logKey, witnessKey, told } = of;
  const { path, now, policy, others, wiring, maxStepEntries, onRecovered } = options;
  const database = openDatabase({ path, migrations: logMigrations, synchronous: 'NORMAL' });
  const alarms = new Alarms({ database, now, onAlarm: (alarm) => told.push(alarm) });
  const names = () => others().map((each) => each.organisation);
  const log = openLog({
    database,
    origin,
    organisation,
    signer: logKey,
    alarms,
    primitives: nativePrimitives,
    witnessing: () => ({
      policy: parsePolicy(policy()),
      witnesses: wiring.witnesses(organisation, names()),
    }),
    ...(onRecovered && { onRecovered }),
  });
  const witness = new Witness({
    database,
    signer: witnessKey,
    alarms,
    now,
    primitives: nativePrimitives,
    knownLogs: () => others().map(knownLog),
    ...(maxStepEntries !== undefined && { maxStepEntries }),
    fetchTiles: (known) => wiring.tiles(organisation, known.organisation),
    fetchMirrors: (known) =>
      names()
        .filter((holder) => holder !== known.organisation)
        .map((holder) => wiring.mirror(organisation, holder, known.origin)),
  });
  return { organisation, origin, logKey, witnessKey, told, database, alarms, log, witness };
}

function knownLog({ origin, organisation, logKey }: TestIdentity): KnownLog {
  return { origin, organisation, keys: [parseVerifierKey(vkey(logKey, ED25519_NOTE))] };
}
