import type { FastifyInstance } from 'fastify';
import { auditRoutes, createRecorder } from '../../audit/index.ts';
import { consentRoutes } from '../../consent/index.ts';
import type { Database } from '../../database/index.ts';
import { exchangeRoutes, networkEverythingOperation } from '../../exchange/index.ts';
import { type FhirServices, fhirRoutes } from '../../fhir/index.ts';
import {
  authorisationRoutes,
  createAuthenticator,
  createProvider,
  createTokenIssuer,
  demoClient,
  Enrolment,
  enrolmentRoutes,
  type PersonaSignIn,
  type Recorder,
  registerClients,
  tokenRealm,
} from '../../identity/index.ts';
import { logRoutes } from '../../log/index.ts';
import type { Vault } from '../../vault/index.ts';
import type { Configuration, OrganisationConfiguration } from '../configuration.ts';
import { erasureRoutes } from '../http/erasure-routes.ts';
import { publicUrl } from '../network/log-origin.ts';
import type { NodeLog } from '../node-log.ts';
import type { BackgroundWork } from './background.ts';
import { type OrganisationConsents, openOrganisationConsents } from './consents.ts';
import type { OrganisationCore } from './core.ts';
import { openIdentityDatabase } from './databases.ts';
import { type OrganisationExchange, openExchange } from './exchange.ts';
import { openFhir } from './fhir.ts';
import { tokenKeys } from './member-keys.ts';

/** One organisation of this process, ready to be served. */
export interface HostedOrganisation {
  readonly core: OrganisationCore;
  readonly vault: Vault;
  readonly fhir: FhirServices;
  readonly recorder: Recorder;
  readonly enrolment: Enrolment;
  readonly consents: OrganisationConsents;
  readonly exchange: OrganisationExchange;
  readonly signIn: PersonaSignIn;
  readonly background: BackgroundWork;
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
  readonly ledgerId: string;
  readonly reachOf: (organisation: string) => string | undefined;
  readonly nodeLog: NodeLog;
  readonly now: () => Date;
}

async function openIdentity({ configuration, organisation, core }: HostedParts, recorder: Recorder) {
  const realm = tokenRealm(publicUrl(configuration), core.id);
  const keys = tokenKeys(core.keyring);
  const [signing] = keys;
  if (signing === undefined) throw new Error('the keyring holds no token key');
  const authenticator = createAuthenticator(realm, keys);
  const demo = configuration.mode === 'demo' ? [await demoClient()] : [];
  const provider = await createProvider(realm, [...registerClients(organisation.clients), ...demo], keys);
  const signIn: PersonaSignIn = { issue: createTokenIssuer(realm, signing), authenticator, recorder };
  return { realm, authenticator, provider, signIn };
}

/** Composes one organisation. Nothing runs and nothing is served yet. */
export async function openHosted(parts: HostedParts): Promise<HostedOrganisation> {
  const { configuration, core, vault, reachOf, nodeLog, now } = parts;
  const recorder = createRecorder(vault, core.id, now);
  const identity = await openIdentity(parts, recorder);
  const { realm, authenticator } = identity;
  const identityData = openIdentityDatabase(core.folder.identity);
  const enrolment = new Enrolment({
    database: identityData,
    keys: core.keyring,
    organisation: core.id,
    ledger: parts.ledgerId,
    patientExists: async (patient) => (await vault.read('Patient', patient))?.text !== undefined,
  });
  const consents = await openOrganisationConsents({
    core,
    vault,
    enrolment,
    authenticator,
    recorder,
    nodeLog,
    now,
  });
  let exchange: OrganisationExchange | undefined;
  const networkEverything = networkEverythingOperation(() => {
    if (exchange === undefined) throw new Error('the exchange is composed before anything is served');
    return exchange.reader;
  });
  const { consentsOf, policy, consentPath } = consents;
  const fhir = openFhir({
    core,
    vault,
    authenticator,
    audience: realm.audience,
    consentsOf,
    policy,
    consentPath,
    operations: [networkEverything],
    nodeLog,
    now,
  });
  exchange = openExchange({
    core,
    configuration,
    fhir,
    consents: consents.directory,
    ledgerId: parts.ledgerId,
    recorder,
    nodeLog,
    now,
    reachOf,
  });
  const { delivery, services } = exchange;
  core.projection.onBlock(
    (block) => consents.apply(block, (consent) => delivery.granted(consent)),
    consents.services.register.height,
  );
  const register = async (app: FastifyInstance): Promise<void> => {
    const onFault = (error: unknown, requestId: string) => nodeLog.fault(error, requestId);
    await app.register(authorisationRoutes, { ...identity, recorder, onFault });
    await app.register(enrolmentRoutes, { authenticator, enrolment, recorder, onFault });
    await app.register(consentRoutes, consents.routes);
    await app.register(auditRoutes, { organisation: core.id, vault, authenticator, recorder, now });
    await app.register(logRoutes, {
      log: core.log,
      witness: core.witness,
      policyText: (version) => core.view.logPolicy(core.id, version),
    });
    await app.register(erasureRoutes, { services: { vault, authenticator, recorder } });
    await app.register(exchangeRoutes, { services });
    await app.register(fhirRoutes, { services: fhir });
  };
  const close = async (): Promise<void> => {
    consents.services.finality.stop();
    await vault.close();
    parts.keyStore.close();
    identityData.close();
  };
  const background = {
    core,
    delivery,
    resume: () => core.recovery.log(vault, now),
  };
  return {
    core,
    vault,
    fhir,
    recorder,
    enrolment,
    consents,
    exchange,
    signIn: identity.signIn,
    background,
    register,
    close,
  };
}
