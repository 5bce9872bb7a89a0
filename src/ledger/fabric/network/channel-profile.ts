import { join } from 'node:path';
import { stringify } from 'yaml';
import { NAMED_POLICIES, type NamedPolicy, namedRule } from './named-policies.ts';
import type { NetworkFolder } from './network-folder.ts';
import type { OrganisationPlan } from './organisation-plan.ts';

/** The channel that all members share. */
export const CHANNEL = 'holdfast';
/** Name of the channel's profile in configtx.yaml. */
export const PROFILE = 'Holdfast';

/** Members read; admins and clients write; peers endorse: who may do what inside one organisation. */
const organisationPolicies = (id: string) => ({
  Readers: signature(`OR('${id}.member')`),
  Writers: signature(`OR('${id}.admin', '${id}.client')`),
  Admins: signature(`OR('${id}.admin')`),
  Endorsement: signature(`OR('${id}.peer')`),
});

/**
 * As an organisation that orders, its clients get no right to write: else a suspended one whose orderer stays could still
 * send transactions through this door.
 */
const ordererPolicies = (id: string) => ({
  ...organisationPolicies(id),
  Writers: signature(`OR('${id}.orderer')`),
});

const signature = (rule: string) => ({ Type: 'Signature', Rule: rule });
const meta = (rule: string) => ({ Type: 'ImplicitMeta', Rule: rule });
const shared = {
  Readers: meta('ANY Readers'),
  Writers: meta('ANY Writers'),
  Admins: meta('MAJORITY Admins'),
};
const lifecycle = { LifecycleEndorsement: meta('MAJORITY Endorsement') };

function namedPolicies(at: NamedPolicy['at'], ids: readonly string[]) {
  const organisations = { Application: ids, Orderer: ids };
  const policies = NAMED_POLICIES.filter((each) => each.at === at);
  return Object.fromEntries(policies.map((each) => [each.name, signature(namedRule(each, organisations))]));
}

/** How long a block waits for transactions when nothing is said, in milliseconds: what one alone takes longer. */
export const DEFAULT_BLOCK_MS = 100;

/**
 * Times of SmartBFT. A leader that is silent for 4 s, or holds a request back for 6 s more
 * than its forwarding, is replaced. Fabric's own (a minute, 20 s) are made for networks around the world.
 */
const SMART_BFT = {
  RequestForwardTimeout: '2s',
  RequestComplainTimeout: '6s',
  RequestAutoRemoveTimeout: '3m0s',
  ViewChangeResendInterval: '2s',
  ViewChangeTimeout: '8s',
  LeaderHeartbeatTimeout: '4s',
  LeaderHeartbeatCount: 10,
  CollectTimeout: '1s',
  IncomingMessageBufferSize: 400,
  RequestPoolSize: 20_000,
};

/** An organisation as configtx.yaml has it, for the application and for the ordering service. */
export function organisationProfiles(plan: OrganisationPlan, folder: NetworkFolder) {
  const own = { Name: plan.id, ID: plan.id, MSPDir: folder.organisation(plan.id).msp };
  return {
    application: {
      ...own,
      Policies: organisationPolicies(plan.id),
      AnchorPeers: [{ Host: plan.host, Port: plan.ports.peer }],
    },
    orderer: {
      ...own,
      Policies: ordererPolicies(plan.id),
      OrdererEndpoints: [`${plan.host}:${plan.ports.orderer}`],
    },
  };
}

function consenter(plan: OrganisationPlan, folder: NetworkFolder) {
  const files = folder.organisation(plan.id);
  const tls = join(files.tls('orderer'), 'cert.pem');
  return {
    ID: plan.consenter,
    Host: plan.host,
    Port: plan.ports.orderer,
    MSPID: plan.id,
    Identity: join(files.identity('orderer'), 'signcerts', 'cert.pem'),
    ClientTLSCert: tls,
    ServerTLSCert: tls,
  };
}

/** The text of configtx.yaml for a new channel of these organisations (DESIGN §3: capabilities V3_0, V2_0, V2_5), whose blocks wait `blockMs` for transactions. */
export function channelProfile(
  plans: readonly OrganisationPlan[],
  folder: NetworkFolder,
  blockMs = DEFAULT_BLOCK_MS,
): string {
  const organisations = plans.map((plan) => organisationProfiles(plan, folder));
  const ids = plans.map(({ id }) => id);
  const named = (at: NamedPolicy['at']) => namedPolicies(at, ids);
  const profile = {
    Policies: { ...shared, ...named('Channel') },
    Capabilities: { V3_0: true },
    Orderer: {
      OrdererType: 'BFT',
      BatchTimeout: `${blockMs}ms`,
      BatchSize: { MaxMessageCount: 500, AbsoluteMaxBytes: 10_485_760, PreferredMaxBytes: 2_097_152 },
      MaxChannels: 0,
      SmartBFT: { ...SMART_BFT, RequestBatchMaxInterval: `${blockMs}ms` },
      ConsenterMapping: plans.map((plan) => consenter(plan, folder)),
      Organizations: organisations.map(({ orderer }) => orderer),
      Policies: { ...shared, BlockValidation: meta('ANY Writers') },
      Capabilities: { V2_0: true },
    },
    Application: {
      Organizations: organisations.map(({ application }) => application),
      Policies: { ...shared, ...lifecycle, ...named('Application') },
      Capabilities: { V2_5: true },
    },
  };
  return stringify({ Profiles: { [PROFILE]: profile } }, { aliasDuplicateObjects: false });
}
