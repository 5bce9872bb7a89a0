import { hostname } from 'node:os';
import {
  type AuditRouteServices,
  Flagging,
  Forwarder,
  followOnce,
  otlpDestination,
  RecordStore,
  RightsRegister,
  Suspensions,
  syslogDestination,
} from '../../audit/index.ts';
import type { Recorder } from '../../identity/index.ts';
import type { Vault } from '../../vault/index.ts';
import type { OrganisationConfiguration } from '../configuration.ts';
import type { NodeLog } from '../node-log.ts';
import { VERSION } from '../version.ts';
import type { OrganisationConsents } from './consents.ts';
import type { OrganisationCore } from './core.ts';

/** AuditEvents that flagging looks at together. */
const FLAG_BATCH = 64; // a few pages of entries
/** Batches of one round of flagging. */
const FLAG_BATCHES = 8; // a tenth of a second, then others have a turn

/** What an organisation's audit desk is composed of. */
export interface AuditParts {
  readonly core: OrganisationCore;
  readonly organisation: OrganisationConfiguration;
  readonly members: readonly OrganisationConfiguration[];
  readonly vault: Vault;
  readonly recorder: Recorder;
  readonly nodeLog: NodeLog;
  readonly now: () => Date;
}

/** Accounting, requests, flags and forwarding of one organisation. */
export interface OrganisationAudit {
  readonly suspensions: Suspensions;
  readonly routesWith: (consents: OrganisationConsents) => AuditRouteServices;
  /** What keeps up with the audit trail; resolves when it has nothing more to do for the present. */
  readonly follow: () => Promise<void>;
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
            onRejected: (count, reason) =>
              nodeLog.warn('a receiver refused audit events for good', { name, count, reason }),
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

/** Opens what stands beside the audit trail. */
export function openOrganisationAudit(parts: AuditParts): OrganisationAudit {
  const { core, members, vault, recorder, nodeLog, now } = parts;
  const store = new RecordStore(core.data, core.keyring.key('audit-records').key);
  const suspensions = new Suspensions(store, now);
  const rights = new RightsRegister(vault, store, now);
  const flagging = new Flagging(vault, store, now);
  const forwarders = forwardersOf(parts, store);
  const directory = (organisation: string) => {
    const named = members.find(({ id }) => id === organisation);
    return { name: named?.name, address: named?.address ?? core.view.member(organisation)?.address.url };
  };
  const follow = async () => {
    const take = (audits: Parameters<Flagging['look']>[0]) => flagging.look(audits);
    await followOnce(vault, store, { name: 'flags', begin: 'next', batch: FLAG_BATCH, take }, FLAG_BATCHES);
    await Promise.all(forwarders.map((forwarder) => forwarder.round()));
  };
  return {
    suspensions,
    follow,
    routesWith: ({ routes }) => ({
      ...routes,
      recorder,
      organisation: core.id,
      vault,
      store,
      suspensions,
      rights,
      flagging,
      proofs: core.log,
      policies: () => [core.view.networkPolicy()].filter((policy) => policy !== undefined),
      directory,
      onFault: (error) => nodeLog.fault(error),
      now,
    }),
  };
}
