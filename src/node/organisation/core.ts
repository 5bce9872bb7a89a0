import { nativePrimitives } from '../../crypto/index.ts';
import { type Database, openDatabase } from '../../database/index.ts';
import { cosignOverHttp, type Ledger, LedgerLog, Projection } from '../../ledger/index.ts';
import {
  Alarms,
  Anchoring,
  anchoredHeads,
  logMigrations,
  type OrganisationLog,
  openLog,
  type Witness,
} from '../../log/index.ts';
import { parsePolicy } from '../../proof/index.ts';
import type { Keyring } from '../../vault/index.ts';
import type { Configuration, OrganisationConfiguration } from '../configuration.ts';
import type { LedgerEngine } from '../network/ledger-engine.ts';
import { firstOrigin, originHost } from '../network/log-origin.ts';
import type { MembershipView } from '../network/membership-view.ts';
import type { NodeLog } from '../node-log.ts';
import type { OrganisationFolder } from './folder.ts';
import { memberKey, signerOf, signWith } from './member-keys.ts';
import { projectionStore } from './projection-store.ts';
import type { RecoveryNotes } from './recovery-notes.ts';
import { openWitness, witnessingOf } from './witnessing.ts';

/** What one hosted organisation stands on: its keys, its files, its log, its view of the ledger. */
export interface OrganisationCore {
  readonly id: string;
  readonly name: string;
  readonly folder: OrganisationFolder;
  readonly keyring: Keyring;
  readonly data: Database;
  readonly witnessData: Database;
  readonly ledger: Ledger;
  readonly ledgerLog: LedgerLog;
  readonly projection: Projection;
  readonly view: MembershipView;
  readonly alarms: Alarms;
  readonly log: OrganisationLog;
  readonly witness: Witness;
  readonly anchoring: Anchoring;
  readonly recovery: RecoveryNotes;
}

/** How a core is opened. */
export interface CoreOptions {
  readonly configuration: Configuration;
  readonly organisation: OrganisationConfiguration;
  readonly folder: OrganisationFolder;
  readonly keyring: Keyring;
  readonly engine: LedgerEngine;
  readonly ledgerId: string;
  readonly view: MembershipView;
  /** The organisation's database, open, with every room's migrations. */
  readonly data: Database;
  /** Another organisation hosted by this process, once it is open. */
  readonly peer: (organisation: string) => OrganisationCore | undefined;
  readonly recovery: RecoveryNotes;
  readonly nodeLog: NodeLog;
  readonly now: () => Date;
}

function openLedger(options: CoreOptions): { ledger: Ledger; ledgerLog: LedgerLog } {
  const { organisation, keyring, engine, ledgerId, view, folder, peer, now } = options;
  const ledgerKey = memberKey(keyring, 'ledger');
  const ledgerLog = new LedgerLog({
    path: folder.ledgerLog,
    ledger: ledgerId,
    organisation: organisation.id,
    sign: signWith(ledgerKey),
    publicKey: ledgerKey.publicKey,
    policy: async () => view.networkPolicy() ?? '',
    collect: async (checkpoint) => {
      const others = view
        .members()
        .filter((member) => member.organisation !== organisation.id && member.status === 'active');
      const lines = await Promise.allSettled(
        others.map(({ organisation: id, address }) => {
          const local = peer(id);
          return local === undefined
            ? cosignOverHttp(`${address.url}/orgs/${id}`, checkpoint)
            : local.ledgerLog.cosign(checkpoint);
        }),
      );
      return lines.flatMap((line) => (line.status === 'fulfilled' ? [line.value] : []));
    },
    now,
  });
  const ledger = engine.connect({ organisation: organisation.id, role: 'node', keyring, ledgerLog });
  return { ledger, ledgerLog };
}

function openAlarms(options: CoreOptions, database: Database): Alarms {
  const { organisation, nodeLog, now } = options;
  return new Alarms({
    database,
    now,
    onAlarm: ({ code, origin, size }) =>
      nodeLog.warn('alarm about a log', { organisation: organisation.id, code, origin, size }),
  });
}

/** Opens an organisation's log, witness and view of the ledger. Nothing runs yet. */
export function openCore(options: CoreOptions): OrganisationCore {
  const { configuration, organisation, folder, keyring, view, data, peer, recovery, now } = options;
  const { ledger, ledgerLog } = openLedger(options);
  const witnessData = openDatabase({ path: folder.witness, migrations: logMigrations, onMigrate: 'backup' });
  const alarms = openAlarms(options, witnessData);
  const origin =
    view.member(organisation.id)?.logs.findLast((log) => log.closed === undefined)?.origin ??
    firstOrigin(configuration, organisation.id);
  const connection = { organisation: organisation.id, view, local: peer };
  const witnessing = witnessingOf(connection, origin);
  const log = openLog({
    database: data,
    origin,
    organisation: organisation.id,
    signer: signerOf(origin, memberKey(keyring, 'log')),
    witnessing,
    alarms,
    primitives: nativePrimitives,
    onRecovered: recovery.onRecovered,
  });
  const witness = openWitness({
    ...connection,
    database: witnessData,
    keyring,
    host: originHost(configuration),
    alarms,
    now,
  });
  const projection = new Projection({ ledger, store: projectionStore(data) });
  const through: Ledger = Object.create(ledger, {
    submit: { value: (transaction: Parameters<Ledger['submit']>[0]) => projection.submit(transaction) },
  });
  projection.onBlock((block) => {
    ledgerLog.append(block);
    view.apply(block);
    const policyOf = (version: number) => {
      const text = view.networkPolicy(version);
      return text === undefined ? undefined : parsePolicy(text);
    };
    for (const head of anchoredHeads(block, policyOf)) witness.observeAnchor(head);
  });
  const policy = () => witnessing()?.policy;
  const anchoring = new Anchoring({ log, ledger: through, policy, alarms });
  return {
    id: organisation.id,
    name: organisation.name,
    folder,
    keyring,
    data,
    witnessData,
    ledger: through,
    ledgerLog,
    projection,
    view,
    alarms,
    log,
    witness,
    anchoring,
    recovery,
  };
}

/** Closes an organisation's files; what was acknowledged is on disk already. */
export function closeCore(core: OrganisationCore): void {
  core.log.close();
  core.ledgerLog.close();
  core.data.close();
  core.witnessData.close();
}
