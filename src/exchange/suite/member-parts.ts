import { auditMigrations, BreakGlassRegister, RecordStore } from '../../audit/index.ts';
import { type ConsentServices, consentMigrations, openConsents } from '../../consent/index.ts';
import {
  Enrolment,
  generateTokenKey,
  identityMigrations,
  type TokenKey,
  type TokenRealm,
  tokenRealm,
} from '../../identity/index.ts';
import { Projection } from '../../ledger/index.ts';
import { type OrganisationStorage, openStorage } from '../../vault/suite/index.ts';
import { exchangeMigrations, identificationMigrations } from '../index.ts';
import type { ExchangeNetwork } from './network.ts';

/** What one member's services are made of. */
export interface MemberParts {
  readonly network: ExchangeNetwork;
  readonly organisation: string;
  readonly storage: OrganisationStorage;
  readonly projection: Projection;
  readonly enrolment: Enrolment;
  readonly consents: ConsentServices;
  readonly breakGlass: BreakGlassRegister;
  /** Whether the view of the ledger counts as recent. */
  readonly view: { isFresh: boolean };
  readonly realm: TokenRealm;
  readonly tokenKey: TokenKey;
}

/** Opens what a member is made of, in a folder of its own. */
export async function openMemberParts(
  network: ExchangeNetwork,
  organisation: string,
  folder: string,
): Promise<MemberParts> {
  const ledger = network.ledger(organisation);
  const projection = new Projection({ ledger });
  const storage = await openStorage({
    organisation,
    folder,
    migrations: [
      ...identityMigrations,
      ...consentMigrations,
      ...exchangeMigrations,
      ...auditMigrations,
      ...identificationMigrations,
    ],
    ledgerHead: () => projection.head() ?? { height: 0, block: '00'.repeat(32) },
  });
  const { database, keyring, vault } = storage;
  const now = () => new Date();
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
    members: () => network.organisations(),
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
  const tokens = { realm: tokenRealm(network.publicUrl, organisation), tokenKey: generateTokenKey() };
  return { network, organisation, storage, projection, enrolment, consents, breakGlass, view, ...tokens };
}
