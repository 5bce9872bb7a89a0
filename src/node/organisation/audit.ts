import { hostname } from 'node:os';
import {
  type AuditRouteServices,
  asEmergency,
  BreakGlassRegister,
  BreakGlassWebhook,
  Flagging,
  Forwarder,
  followOnce,
  mayBreak,
  otlpDestination,
  RecordStore,
  RefusalSeal,
  RightsRegister,
  StandingStatements,
  Suspensions,
  syslogDestination,
} from '../../audit/index.ts';
import type { OrganisationPolicy } from '../../consent/index.ts';
import type { Emergencies } from '../../fhir/index.ts';
import type { Recorder } from '../../identity/index.ts';
import { fromBase64 } from '../../proof/index.ts';
import type { Vault } from '../../vault/index.ts';
import type { OrganisationConfiguration } from '../configuration.ts';
import type { NodeLog } from '../node-log.ts';
import { VERSION } from '../version.ts';
import type { OrganisationConsents } from './consents.ts';
import type { OrganisationCore } from './core.ts';
import type { Followers } from './followers.ts';
import type { MemberNames } from './member-names.ts';

/** AuditEvents that flagging looks at together. */
const FLAG_BATCH = 256; // a few milliseconds; how far it came is written, and the disk waited for, after each
/** Batches of one round of flagging. */
const FLAG_BATCHES = 4; // a round a second keeps up with a thousand requests a second

/** What an organisation's audit desk is composed of. */
export interface AuditParts {
  readonly core: OrganisationCore;
  readonly organisation: OrganisationConfiguration;
  readonly members: readonly OrganisationConfiguration[];
  readonly names: MemberNames;
  readonly vault: Vault;
  /** What makes data sensitive here. */
  readonly policy: Pick<OrganisationPolicy, 'labels'>;
  readonly recorder: Recorder;
  readonly nodeLog: NodeLog;
  readonly now: () => Date;
  /** Beyond this age of the view of the ledger, what is done in an emergency says so. */
  readonly stalenessMs: number;
}

/** Accounting, requests, flags and forwarding of one organisation. */
export interface OrganisationAudit {
  readonly suspensions: Suspensions;
  readonly breakGlass: BreakGlassRegister;
  readonly emergencies: Emergencies;
  readonly refusals: RefusalSeal;
  /** Told of what is written, so that what is disputed is labelled as its record is. */
  readonly statements: StandingStatements;
  readonly routesWith: (consents: OrganisationConsents) => Omit<AuditRouteServices, 'mayRead'>;
  /** What keeps up with the audit trail: the flags, and forwarding to each receiver. */
  readonly followers: Followers;
}

function forwardersOf(parts: AuditParts, store: RecordStore): Forwarder[] {
  const { core, organisation, vault, nodeLog } = parts;
  const shared = { organisation: core.id, version: VERSION };
  return organisation.forward.map(({ name, ...to }) => {
    const onFault = (message: string) =>
      nodeLog.warn('forwarding of the audit trail waits', { organisation: core.id, message });
    const destination =
      'otlp' in to
        ? otlpDestination({
            ...shared,
            ...to.otlp,
            onRejected: (count, status) =>
              nodeLog.warn('a receiver refused audit events for good', { name, count, status }),
          })
        : syslogDestination({
            ...shared,
            hostname: hostname(),
            host: to.syslog.host,
            port: to.syslog.port,
            tls: to.syslog.tls,
            ...(to.syslog.ca === undefined ? {} : { ca: to.syslog.ca }),
          });
    return new Forwarder({ name, destination, vault, store, onFault });
  });
}

/** Calls the privacy officer's receiver, where there is one. */
function webhookOf({ core, organisation, nodeLog, now }: AuditParts, store: RecordStore): Followers {
  const { webhook } = organisation.breakGlass;
  if (webhook === undefined) return [];
  const options = { url: webhook.url, secret: fromBase64(webhook.secret.slice('whsec_'.length)) };
  const onFault = (message: string) => nodeLog.warn(message, { organisation: core.id });
  const calls = new BreakGlassWebhook(core.id, store, options, { now, onFault });
  return [() => calls.round()];
}

async function openBreakGlass(
  { core, organisation, vault, now, stalenessMs }: AuditParts,
  store: RecordStore,
): Promise<Pick<OrganisationAudit, 'breakGlass' | 'emergencies'>> {
  // Nobody waits for a heartbeat in an emergency: the age of the view is noted as it is.
  const isStale = () => core.projection.ageMs() > stalenessMs;
  const { responsible } = organisation.breakGlass;
  const { id, name } = organisation;
  const named = { id, name };
  const breakGlass = await BreakGlassRegister.load({
    organisation: named,
    responsible,
    vault,
    store,
    isStale,
    now,
  });
  const emergencies: Emergencies = {
    isStale,
    toldOf: (id) => breakGlass.factsOf(id),
    isNotice: (id) => breakGlass.knows(id),
    openFor: (principal, patient) => {
      const glass = mayBreak(principal) ? breakGlass.openFor(principal.id, patient) : undefined;
      return glass === undefined ? undefined : asEmergency(glass);
    },
  };
  return { breakGlass, emergencies };
}

/** Opens what stands beside the audit trail. */
export async function openOrganisationAudit(parts: AuditParts): Promise<OrganisationAudit> {
  const { core, members, names, vault, recorder, nodeLog, now } = parts;
  const store = new RecordStore(core.data, core.keyring.key('audit-records').key);
  const suspensions = new Suspensions(store, now);
  const rights = new RightsRegister(vault, store, now);
  const onFault = (error: unknown) => nodeLog.fault(error);
  const statements = new StandingStatements({ vault, labels: parts.policy.labels, rights, now, onFault });
  await statements.load();
  const flagging = new Flagging(vault, store, { now, onFault });
  const forwarders = forwardersOf(parts, store);
  const directory = (organisation: string) => {
    const named = members.find(({ id }) => id === organisation);
    return {
      name: named?.name ?? names.nameOf(organisation),
      address: named?.address ?? core.view.member(organisation)?.address.url,
    };
  };
  const { breakGlass, emergencies } = await openBreakGlass(parts, store);
  const refusals = new RefusalSeal(core.keyring.key('audit-records').key);
  const take = (audits: Parameters<Flagging['look']>[0]) => flagging.look(audits);
  const flags = { name: 'flags', begin: 'next', batch: FLAG_BATCH, take } as const;
  const followers: Followers = [
    () => followOnce(vault, store, flags, FLAG_BATCHES),
    ...forwarders.map((forwarder) => () => forwarder.round()),
    ...webhookOf(parts, store),
  ];
  return {
    suspensions,
    breakGlass,
    emergencies,
    refusals,
    statements,
    followers,
    routesWith: ({ routes, policy }) => ({
      ...routes,
      labels: policy.labels,
      recorder,
      organisation: core.id,
      vault,
      store,
      suspensions,
      rights,
      statements,
      flagging,
      breakGlass,
      refusals,
      proofs: core.log,
      policies: () => [core.view.networkPolicy()].filter((policy) => policy !== undefined),
      directory,
      onFault,
      now,
    }),
  };
}
