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

/** Difference between the members that `membership` names and the channel's configuration. */
export interface Drift {
  /** Members that the channel does not know: they cannot write. */
  readonly missing: readonly string[];
  /** Organisations that may write though they are no active members. */
  readonly surplus: readonly string[];
}

/** What the channel's configuration lacks or has too much of, against the active members. */
export function configurationDrift(configuration: ChannelConfiguration, members: readonly string[]): Drift {
  const configured = organisationsIn(configuration, 'Application');
  return {
    missing: members.filter((id) => !configured.includes(id)).sort(),
    surplus: configured.filter((id) => !members.includes(id)),
  };
}
