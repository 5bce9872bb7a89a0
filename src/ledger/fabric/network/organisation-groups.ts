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
import { ROLES, type Role } from './organisation-roles.ts';
import { type Principal, signaturePolicy } from './signature-policy.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const value = (content: unknown): ConfigurationValue => ({
  mod_policy: 'Admins',
  version: '0',
  value: content,
});

/** One signature of the organisation, in one of the roles. */
function policy(organisation: string, roles: readonly Role[]): ConfigurationPolicy {
  const principals = roles.map(
    (role): Principal => ({
      principal: { msp_identifier: organisation, role },
      principal_classification: 'ROLE',
    }),
  );
  return { mod_policy: 'Admins', version: '0', policy: signaturePolicy(1, principals) };
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

/** The authorities that a group of the channel names for its organisation; undefined when it names no root. */
export function authoritiesIn(group: ConfigurationGroup): OrganisationAuthorityCertificates | undefined {
  const { config } = (group.values.MSP?.value ?? {}) as {
    config?: Partial<Record<'root_certs' | 'intermediate_certs' | 'tls_root_certs', readonly string[]>>;
  };
  const text = (encoded: string) => Buffer.from(encoded, 'base64').toString('utf8');
  const [root, ...others] = config?.root_certs ?? [];
  if (root === undefined || others.length > 0) return undefined;
  return {
    root: text(root),
    identity: (config?.intermediate_certs ?? []).map(text),
    tls: (config?.tls_root_certs ?? []).map(text),
  };
}
