import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { auditMigrations, BreakGlassRegister, RecordStore } from '../../audit/index.ts';
import { type ConsentServices, consentMigrations, openConsents } from '../../consent/index.ts';
import { generateEd25519, signEd25519Native } from '../../crypto/index.ts';
import { type Database, openDatabase } from '../../database/index.ts';
import { Enrolment, identityMigrations } from '../../identity/index.ts';
import { Projection } from '../../ledger/index.ts';
import { logMigrations, type OrganisationLog } from '../../log/index.ts';
import { openOwnLog } from '../../log/suite/index.ts';
import {
  type Keyring,
  keyStoreMigrations,
  openKeyring,
  openVault,
  type Vault,
  vaultMigrations,
} from '../../vault/index.ts';
import { exchangeMigrations, identificationMigrations } from '../index.ts';
import type { ExchangeNetwork } from './network.ts';

/** What one member is made of. */
export interface MemberParts {
  readonly network: ExchangeNetwork;
  readonly organisation: string;
  readonly database: Database;
  readonly keyStore: Database;
  readonly keyring: Keyring;
  readonly vault: Vault;
  readonly log: OrganisationLog;
  readonly policy: string;
  readonly projection: Projection;
  readonly enrolment: Enrolment;
  readonly consents: ConsentServices;
  readonly breakGlass: BreakGlassRegister;
  /** Whether the view of the ledger counts as recent. */
  readonly view: { isFresh: boolean };
  readonly stopped: AbortController;
}

/** Opens what a member is made of, in a folder of its own. */
export async function openMemberParts(
  network: ExchangeNetwork,
  organisation: string,
  folder: string,
): Promise<MemberParts> {
  mkdirSync(folder, { recursive: true });
  const database = openDatabase({
    path: join(folder, 'data.db'),
    migrations: [
      ...logMigrations,
      ...vaultMigrations,
      ...identityMigrations,
      ...consentMigrations,
      ...exchangeMigrations,
      ...auditMigrations,
      ...identificationMigrations,
    ],
    secureDelete: true,
  });
  const keyStore = openDatabase({
    path: join(folder, 'keys.db'),
    migrations: keyStoreMigrations,
    secureDelete: true,
  });
  const keyring = openKeyring(join(folder, 'keyring'), 'a passphrase for tests', { costLog2: 15 });
  const ledger = network.ledger(organisation);
  const projection = new Projection({ ledger });
  const { log, policy } = openOwnLog(database, organisation);
  const now = () => new Date();
  const erasing = generateEd25519();
  const vault = await openVault({
    database,
    keyStore,
    log,
    organisation,
    keyManagement: keyring,
    ledgerHead: () => projection.head() ?? { height: 0, block: '00'.repeat(32) },
    now,
    erasures: {
      sign: (message) => signEd25519Native(erasing.privateKey, message),
      commitErasure: async () => undefined,
    },
  });
  const enrolment = new Enrolment({
    database,
    keys: keyring,
    organisation,
    ledger: network.id,
    patientExists: async (patient) => (await vault.read('Patient', patient))?.text !== undefined,
  });
  const consents = await openConsents({
    organisation,
    database,
    vault,
    ledger,
    submit: (transaction) => projection.submit(transaction),
    reached: (height, timeoutMs) => projection.reached(height, timeoutMs),
    members: () => network.active(),
    enrolledKeys: (patient) => enrolment.enrolledKeys(patient),
    patientOfKey: (key) => enrolment.patientOfKey(key),
    anchorNow: async () => undefined,
    onFault: () => undefined,
    now,
  });
  const view = { isFresh: true };
  const breakGlass = await BreakGlassRegister.load({
    organisation: { id: organisation, name: `House of ${organisation}` },
    responsible: 'Rosa Adler',
    vault,
    store: new RecordStore(database, Buffer.alloc(32, 5)),
    isStale: () => !view.isFresh,
    now,
  });
  const stopped = new AbortController();
  const opened = { network, organisation, database, keyStore, keyring, vault, log, policy };
  return { ...opened, projection, enrolment, consents, breakGlass, view, stopped };
}
