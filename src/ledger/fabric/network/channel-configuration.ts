import { NetworkError } from './network-error.ts';

/** A value of Fabric's channel configuration, in configtxlator's JSON. */
export interface ConfigurationValue {
  readonly mod_policy: string;
  readonly version: string;
  readonly value: unknown;
}

/** A policy of it. */
export interface ConfigurationPolicy {
  readonly mod_policy: string;
  readonly version: string;
  readonly policy: { readonly type: number; readonly value: unknown };
}

/** A group of it: the channel, its application, its ordering service, an organisation. */
export interface ConfigurationGroup {
  readonly mod_policy: string;
  readonly version: string;
  readonly groups: Readonly<Record<string, ConfigurationGroup>>;
  readonly values: Readonly<Record<string, ConfigurationValue>>;
  readonly policies: Readonly<Record<string, ConfigurationPolicy>>;
}

/** The configuration of a channel (`common.Config`). */
export interface ChannelConfiguration {
  /** Counts configurations, from 0 in the genesis block. */
  readonly sequence: string | number;
  readonly channel_group: ConfigurationGroup;
}

/** The two groups that organisations are in. */
export type Section = 'Application' | 'Orderer';

/** The configuration inside a decoded configuration block. Throws NetworkError `network-invalid` for another block. */
export function configurationOf(block: unknown): ChannelConfiguration {
  const path = ['data', 'data', 0, 'payload', 'data', 'config'] as const;
  let at: unknown = block;
  for (const step of path) at = (at as Record<string | number, unknown> | undefined)?.[step];
  const configuration = at as ChannelConfiguration | undefined;
  if (configuration?.channel_group?.groups?.Application === undefined)
    throw new NetworkError('network-invalid', 'This block holds no channel configuration.');
  return configuration;
}

/** A section of the channel. Throws NetworkError `network-invalid` when it is missing. */
export function section({ channel_group }: ChannelConfiguration, name: Section): ConfigurationGroup {
  const group = channel_group.groups[name];
  if (group === undefined) throw new NetworkError('network-invalid', `The channel has no section ${name}.`);
  return group;
}

/** The configuration with one section changed. */
export function withSection(
  configuration: ChannelConfiguration,
  name: Section,
  group: ConfigurationGroup,
): ChannelConfiguration {
  const { channel_group } = configuration;
  return {
    ...configuration,
    channel_group: { ...channel_group, groups: { ...channel_group.groups, [name]: group } },
  };
}

/** Ids of the organisations in a section, sorted. */
export function organisationsIn(configuration: ChannelConfiguration, name: Section): string[] {
  return Object.keys(section(configuration, name).groups).sort();
}

/** Where policies stand. */
export type Place = Section | 'Channel';

function groupAt(configuration: ChannelConfiguration, at: Place): ConfigurationGroup {
  return at === 'Channel' ? configuration.channel_group : section(configuration, at);
}

/** A policy of a section, or of the channel itself; undefined where there is none. */
export function policyAt(
  configuration: ChannelConfiguration,
  at: Place,
  name: string,
): ConfigurationPolicy | undefined {
  return groupAt(configuration, at).policies[name];
}

/** The configuration in which a policy says something else; who may change it stays. */
export function withPolicy(
  configuration: ChannelConfiguration,
  at: Place,
  name: string,
  policy: ConfigurationPolicy['policy'],
): ChannelConfiguration {
  const group = groupAt(configuration, at);
  const { mod_policy = 'Admins', version = '0' } = group.policies[name] ?? {};
  const changed = { ...group, policies: { ...group.policies, [name]: { mod_policy, version, policy } } };
  return at === 'Channel'
    ? { ...configuration, channel_group: changed }
    : withSection(configuration, at, changed);
}
