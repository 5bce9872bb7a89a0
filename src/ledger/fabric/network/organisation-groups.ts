import {
  type ChannelConfiguration,
  type ConfigurationGroup,
  type ConfigurationPolicy,
  type ConfigurationValue,
  type Section,
  section,
  withSection,
} from './channel-configuration.ts';
import type { OrganisationCard } from './organisation-card.ts';
import type { OrganisationAuthorityCertificates } from './organisation-material.ts';

type Role = 'ADMIN' | 'MEMBER' | 'CLIENT' | 'PEER' | 'ORDERER';

/** Who may do what inside an organisation, as the genesis profile has it. */
const ROLES: Readonly<Record<Section, Readonly<Record<string, readonly Role[]>>>> = {
  Application: {
    Readers: ['MEMBER'],
    Writers: ['ADMIN', 'CLIENT'],
    Admins: ['ADMIN'],
    Endorsement: ['PEER'],
  },
  // No client writes as one of an ordering organisation: a suspended one, whose orderer may stay, would keep this door.
  Orderer: { Readers: ['MEMBER'], Writers: ['ORDERER'], Admins: ['ADMIN'], Endorsement: ['PEER'] },
};

const base64 = (text: string) => Buffer.from(text).toString('base64');
const value = (content: unknown): ConfigurationValue => ({
  mod_policy: 'Admins',
  version: '0',
  value: content,
});

function policy(organisation: string, roles: readonly Role[]): ConfigurationPolicy {
  return {
    mod_policy: 'Admins',
    version: '0',
    policy: {
      type: 1,
      value: {
        identities: roles.map((role) => ({
          principal: { msp_identifier: organisation, role },
          principal_classification: 'ROLE',
        })),
        rule: { n_out_of: { n: 1, rules: roles.map((_, at) => ({ signed_by: at })) } },
        version: 0,
      },
    },
  };
}

/** An MSP definition in configtxlator's JSON (`msp.FabricMSPConfig`), with roles by organisational unit. */
function membershipProvider(name: string, authorities: OrganisationAuthorityCertificates): unknown {
  const unit = (role: string) => ({ certificate: '', organizational_unit_identifier: role });
  return {
    type: 0,
    config: {
      name,
      admins: [],
      crypto_config: { identity_identifier_hash_function: 'SHA256', signature_hash_family: 'SHA2' },
      fabric_node_ous: {
        enable: true,
        admin_ou_identifier: unit('admin'),
        client_ou_identifier: unit('client'),
        orderer_ou_identifier: unit('orderer'),
        peer_ou_identifier: unit('peer'),
      },
      root_certs: [base64(authorities.root)],
      intermediate_certs: authorities.identity.map(base64),
      tls_root_certs: authorities.tls.map(base64),
      tls_intermediate_certs: [],
      organizational_unit_identifiers: [],
      revocation_list: [],
      signing_identity: null,
    },
  };
}

function organisationGroup(card: OrganisationCard, name: Section): ConfigurationGroup {
  const { id, host, ports, authorities } = card;
  const reached =
    name === 'Application'
      ? { AnchorPeers: value({ anchor_peers: [{ host, port: ports.peer }] }) }
      : { Endpoints: value({ addresses: [`${host}:${ports.orderer}`] }) };
  return {
    mod_policy: 'Admins',
    version: '0',
    groups: {},
    values: { MSP: value(membershipProvider(id, authorities)), ...reached },
    policies: Object.fromEntries(Object.entries(ROLES[name]).map(([key, roles]) => [key, policy(id, roles)])),
  };
}

/** The configuration with an organisation in a section; one that is there is replaced. */
export function withOrganisation(
  configuration: ChannelConfiguration,
  card: OrganisationCard,
  name: Section,
): ChannelConfiguration {
  const group = section(configuration, name);
  return withSection(configuration, name, {
    ...group,
    groups: { ...group.groups, [card.id]: organisationGroup(card, name) },
  });
}

/** The configuration without an organisation in a section; nothing changes when it is not there. */
export function withoutOrganisation(
  configuration: ChannelConfiguration,
  organisation: string,
  name: Section,
): ChannelConfiguration {
  const group = section(configuration, name);
  const { [organisation]: _removed, ...groups } = group.groups;
  return withSection(configuration, name, { ...group, groups });
}

/** The configuration with other authorities of an organisation, wherever it is in the channel: during a renewal the old and the new. */
export function withAuthorities(
  configuration: ChannelConfiguration,
  organisation: string,
  authorities: OrganisationAuthorityCertificates,
): ChannelConfiguration {
  let changed = configuration;
  for (const name of ['Application', 'Orderer'] as const) {
    const group = section(changed, name);
    const own = group.groups[organisation];
    const before = own?.values.MSP;
    if (own === undefined || before === undefined) continue;
    const values = {
      ...own.values,
      MSP: { ...before, value: membershipProvider(organisation, authorities) },
    };
    changed = withSection(changed, name, {
      ...group,
      groups: { ...group.groups, [organisation]: { ...own, values } },
    });
  }
  return changed;
}
