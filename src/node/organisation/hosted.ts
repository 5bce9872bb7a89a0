import type { FastifyInstance } from 'fastify';
import { auditRoutes, createRecorder, isOfficer } from '../../audit/index.ts';
import {
  Affiliations,
  consentRoutes,
  layersOf,
  policyOf,
  policyRoutes,
  Withdrawals,
  watchedVault,
} from '../../consent/index.ts';
import type { Database } from '../../database/index.ts';
import { exchangeRoutes, type MemberExchange, networkEverythingOperation } from '../../exchange/index.ts';
import {
  eventRoutes,
  type FhirServices,
  fhirRoutes,
  mayAdminister,
  mayRead,
  OpenStreams,
} from '../../fhir/index.ts';
import {
  type Enrolment,
  enrolmentRoutes,
  openToApps,
  type PersonaSignIn,
  type Principal,
  peopleRoutes,
  type Recorder,
} from '../../identity/index.ts';
import { cosignRoute, leavesRoute } from '../../ledger/index.ts';
import { logRoutes } from '../../log/index.ts';
import type { StoredVersion, Vault } from '../../vault/index.ts';
import type { Configuration, OrganisationConfiguration } from '../configuration.ts';
import { erasureRoutes } from '../http/erasure/routes.ts';
import { labelRulesOf } from '../labelling.ts';
import type { NodeLog } from '../node-log.ts';
import { type OrganisationAudit, openOrganisationAudit } from './audit.ts';
import type { BackgroundWork } from './background.ts';
import { type OrganisationConsents, openOrganisationConsents } from './consents.ts';
import type { OrganisationCore } from './core.ts';
import { openExchange } from './exchange.ts';
import { openFhir } from './fhir.ts';
import { type OrganisationIdentity, openIdentity } from './identity.ts';
import { MemberNames } from './member-names.ts';
import { networkOverview } from './network-overview.ts';
import { patientsFound } from './patients-found.ts';
import { patientsShown } from './patients-shown.ts';
import type { DiskReserve } from './reserve.ts';
import { erasureEvidence } from './vault.ts';

/** One organisation of this process, ready to be served. */
export interface HostedOrganisation {
  readonly core: OrganisationCore;
  readonly vault: Vault;
  readonly fhir: FhirServices;
  readonly recorder: Recorder;
  readonly enrolment: Enrolment;
  readonly consents: OrganisationConsents;
  readonly exchange: MemberExchange;
  readonly signIn: PersonaSignIn;
  readonly background: BackgroundWork;
  readonly withdrawals: Withdrawals;
  readonly streams: OpenStreams;
  /** Registers every route below `/orgs/<org>`. */
  readonly register: (app: FastifyInstance) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What an organisation is composed of beside its core. */
export interface HostedParts {
  readonly configuration: Configuration;
  readonly organisation: OrganisationConfiguration;
  readonly core: OrganisationCore;
  readonly vault: Vault;
  readonly keyStore: Database;
  readonly reserve: DiskReserve;
  readonly ledgerId: string;
  readonly reachOf: (organisation: string) => string | undefined;
  readonly nodeLog: NodeLog;
  readonly now: () => Date;
}

interface Composed {
  readonly parts: HostedParts;
  readonly recorder: Recorder;
  readonly identity: OrganisationIdentity;
  readonly consents: OrganisationConsents;
  readonly fhir: FhirServices;
  readonly exchange: MemberExchange;
  readonly audit: OrganisationAudit;
  readonly streams: OpenStreams;
}

function openFhirAndExchange(
  parts: HostedParts & { readonly affiliations: Affiliations; readonly withdrawals: Withdrawals },
  recorder: Recorder,
  identity: OrganisationIdentity,
  consents: OrganisationConsents,
  audit: OrganisationAudit,
) {
  let exchange: MemberExchange | undefined;
  const networkEverything = networkEverythingOperation(() => {
    if (exchange === undefined) throw new Error('the exchange is composed before anything is served');
    return exchange.reader;
  });
  const { realm, authenticator } = identity;
  const { consentsOf, policy, consentPath, directory } = consents;
  const operations = [networkEverything];
  const fhir = openFhir({
    ...parts,
    authenticator,
    audience: realm.audience,
    consentsOf,
    policy,
    consentPath,
    isSuspended: (event) => audit.suspensions.hides(event),
    emergencies: audit.emergencies,
    refusals: audit.refusals,
    operations,
  });
  exchange = openExchange({ ...parts, fhir, consents: directory, recorder, audit });
  return { fhir, exchange };
}

function routesOf({
  parts,
  recorder,
  identity,
  consents,
  fhir,
  exchange,
  audit,
  streams,
}: Composed): HostedOrganisation['register'] {
  const { core, vault, nodeLog } = parts;
  const { policy: profile } = parts.organisation;
  const { authenticator, enrolment } = identity;
  const onFault = (error: unknown, requestId: string) => nodeLog.fault(error, requestId);
  const changes = async (principal: Principal, id: string) =>
    isOfficer(principal) || (await mayAdminister(fhir, principal, { type: 'Consent', id, permission: 'u' }));
  const reads = (principal: Principal, stored: StoredVersion) => mayRead(fhir, principal, stored);
  return async (app) => {
    const { people, patientExists } = identity;
    openToApps(app, people);
    await app.register(peopleRoutes, {
      ...people,
      recorder,
      onFault,
      patientExists,
      patientsShown: patientsShown(fhir),
      patientsFound: patientsFound(fhir),
      network: () => networkOverview(core),
    });
    await app.register(enrolmentRoutes, { authenticator, enrolment, recorder, onFault });
    await app.register(consentRoutes, { ...consents.routes, mayRead: reads, mayChange: changes });
    await app.register(policyRoutes, { policy: layersOf(core.id, profile, consents.policy) });
    await app.register(auditRoutes, { ...audit.routesWith(consents), mayRead: reads });
    await app.register(logRoutes, {
      log: core.log,
      witness: core.witness,
      policyText: (version) => core.view.logPolicy(core.id, version),
    });
    await app.register(cosignRoute, { ledgerLog: core.ledgerLog });
    await app.register(leavesRoute, { ledgerLog: core.ledgerLog });
    await app.register(erasureRoutes, {
      services: {
        vault,
        authenticator,
        recorder,
        enrolment,
        evidence: (keyIds) => erasureEvidence(core, keyIds),
        proofs: core.log,
        mayAdminister: (principal, administered) => mayAdminister(fhir, principal, administered),
      },
    });
    await app.register(exchangeRoutes, { services: exchange.services });
    const isFresh = () => core.projection.fresh(parts.configuration.stalenessMs);
    await app.register(eventRoutes, { services: { fhir, streams, isFresh } });
    await app.register(fhirRoutes, { services: fhir });
  };
}

/** Composes one organisation. Nothing runs and nothing is served yet. */
export async function openHosted(given: HostedParts): Promise<HostedOrganisation> {
  const { core, reserve, nodeLog, now } = given;
  const withdrawals = new Withdrawals();
  const policy = policyOf(given.organisation.policy, labelRulesOf(given.organisation.labelling));
  const affiliations = new Affiliations({ vault: given.vault, policy, withdrawals, now });
  const streams = new OpenStreams();
  let statements: OrganisationAudit['statements'] | undefined;
  const vault = watchedVault(given.vault, {
    // Who follows hears of it once decisions are made by it, whatever became of that.
    async written(versions) {
      const done = [
        ...(await Promise.allSettled([affiliations.written(versions)])),
        ...(await Promise.allSettled([statements?.written(versions)])),
      ];
      streams.written.note();
      for (const each of done) if (each.status === 'rejected') throw each.reason;
    },
    changed: () => affiliations.changed(),
    onFault: (error) => nodeLog.fault(error),
  });
  const parts = { ...given, vault, policy, affiliations, withdrawals };
  const recorder = createRecorder(vault, core.id, now);
  const identity = await openIdentity({ ...parts, recorder });
  const { authenticator, enrolment, signIn } = identity;
  const consents = await openOrganisationConsents({ ...parts, enrolment, authenticator, recorder });
  const members = parts.configuration.organisations;
  const names = new MemberNames(core.view, (organisation) => members.some(({ id }) => id === organisation));
  const { stalenessMs } = parts.configuration;
  const audit = await openOrganisationAudit({ ...parts, members, names, recorder, stalenessMs });
  ({ statements } = audit);
  const { fhir, exchange } = openFhirAndExchange(parts, recorder, identity, consents, audit);
  const { delivery } = exchange;
  core.projection.onBlock(
    (block) => consents.apply(block, (consent) => delivery.granted(consent)),
    consents.services.register.height,
  );
  const upkeep = async (): Promise<void> => {
    reserve.refill();
    await core.recovery.log(vault, now);
  };
  const close = async (): Promise<void> => {
    consents.services.finality.stop();
    await vault.close();
    parts.keyStore.close();
    identity.database.close();
  };
  const register = routesOf({ parts, recorder, identity, consents, fhir, exchange, audit, streams });
  return {
    core,
    vault,
    fhir,
    recorder,
    enrolment,
    consents,
    exchange,
    signIn,
    withdrawals,
    streams,
    background: { core, delivery, names, upkeep, statements: audit.statements, followers: audit.followers },
    register,
    close,
  };
}
