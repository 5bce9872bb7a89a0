import { RefusalSeal } from '../../audit/index.ts';
import {
  Affiliations,
  type CompiledConsent,
  createExclusive,
  type LawProfile,
  organisationPolicy,
  Withdrawals,
  watchedVault,
} from '../../consent/index.ts';
import {
  type AccessClaims,
  createAuthenticator,
  createTokenIssuer,
  generateTokenKey,
  IdentityError,
  tokenRealm,
} from '../../identity/index.ts';
import type { Vault } from '../../vault/index.ts';
import { type OrganisationStorage, openStorage } from '../../vault/suite/index.ts';
import {
  everythingOperation,
  type FhirServices,
  importOperation,
  receiptOperation,
  validateOperation,
} from '../index.ts';
import { type EventSettings, eventSettings } from './event-settings.ts';

/** What tests do to a node from outside. */
export class NodeSettings {
  /** Faults that were reported as ours. */
  readonly faults: unknown[] = [];
  /** Ids of AuditEvents that their patients are not told of for the present. */
  readonly suspended = new Set<string>();
  /** Authorization headers that count no more. */
  readonly revoked = new Set<string | undefined>();
  /** A clock that tests move. */
  readonly clock = { aheadMs: 0 };
  /** Done once, when an answer is made and its AuditEvent about to be written: a test puts what comes in between here. */
  readonly meanwhile: { work?: (() => unknown) | undefined } = {};
  /** Done whenever a resource is read that says who belongs where, by its reference, before it is. */
  readonly affiliationRead: { work?: ((reference: string) => unknown) | undefined } = {};
  readonly events: EventSettings = eventSettings();
  /** What each patient consents to. */
  readonly consents = new Map<string, CompiledConsent[]>();

  now(): Date {
    return new Date(Date.now() + this.clock.aheadMs);
  }
}

/** One organisation's FHIR services on real parts. */
export interface FhirParts {
  readonly storage: OrganisationStorage;
  readonly services: FhirServices;
  readonly settings: NodeSettings;
  readonly affiliations: Affiliations;
  readonly withdrawals: Withdrawals;
  readonly issue: (claims: AccessClaims) => Promise<{ access_token: string }>;
}

/** A vault that lets tests do something before a commit with AuditEvents, and before versions are looked for. */
function interrupted(vault: Vault, { meanwhile, events }: NodeSettings): Vault {
  const commit: Vault['commit'] = async (change) => {
    const { work } = meanwhile;
    meanwhile.work = undefined;
    if (change.audits !== undefined) await work?.();
    else meanwhile.work = work;
    return vault.commit(change);
  };
  const versionsAfter: Vault['versionsAfter'] = async (entry, limit, wants) => {
    events.looks += 1;
    return vault.versionsAfter(entry, (await events.look?.()) ?? limit, wants);
  };
  const own: Partial<Vault> = { commit, versionsAfter };
  return new Proxy(vault, {
    get: (target, name) => Reflect.get(own, name) ?? Reflect.get(target, name),
  });
}

/** A vault that lets tests do something before affiliations read in it. */
function slowed(
  vault: Vault,
  { affiliationRead }: NodeSettings,
): ConstructorParameters<typeof Affiliations>[0]['vault'] {
  return {
    read: async (type, id, version) => {
      await affiliationRead.work?.(`${type}/${id}`);
      return vault.read(type, id, version);
    },
    search: (query) => vault.search(query),
    compartment: (query) => vault.compartment(query),
  };
}

/** Composes them as node does, without a ledger. */
export async function openFhirParts(organisation: string, law: LawProfile): Promise<FhirParts> {
  const settings = new NodeSettings();
  const { faults, events, revoked } = settings;
  const now = () => settings.now();
  const storage = await openStorage({ organisation, now });
  const policy = organisationPolicy(undefined, law);
  const withdrawals = new Withdrawals();
  const affiliations = new Affiliations({
    vault: slowed(storage.vault, settings),
    policy,
    withdrawals,
    now,
  });
  const vault = watchedVault(storage.vault, {
    written: (versions) => affiliations.written(versions).finally(() => events.streams.written.note()),
    changed: () => affiliations.changed(),
    onFault: (error) => void faults.push(error),
  });
  const realm = tokenRealm('http://localhost:8471', organisation);
  const tokenKey = generateTokenKey();
  const { authenticate } = createAuthenticator(
    realm,
    [tokenKey],
    () => Date.now() + events.tokensAheadMs,
    () => true,
    (person) => affiliations.representations.inForce(person),
  );
  const refuse = () => Promise.reject(new IdentityError('token-revoked', 'The token was called back.'));
  const noLedger = () => Promise.reject(new Error('this suite has no ledger'));
  const services: FhirServices = {
    organisation,
    baseUrl: realm.audience,
    vault: interrupted(vault, settings),
    authenticate: (header) => (revoked.has(header) ? refuse() : authenticate(header)),
    consentsOf: (patient) => settings.consents.get(patient) ?? [],
    policy,
    isSuspended: ({ id }) => settings.suspended.has(id),
    affiliations,
    withdrawals,
    proofs: storage.log,
    consentPath: { put: noLedger, remove: noLedger },
    operations: [receiptOperation, validateOperation, everythingOperation, importOperation],
    refusals: new RefusalSeal(Buffer.alloc(32, 6)),
    pagingKey: storage.keyring.key('paging').key,
    conditions: createExclusive(),
    now,
    onFault: (error) => void faults.push(error),
  };
  return {
    storage,
    services,
    settings,
    affiliations,
    withdrawals,
    issue: createTokenIssuer(realm, tokenKey),
  };
}
