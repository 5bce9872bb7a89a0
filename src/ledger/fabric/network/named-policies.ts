import {
  type ChannelConfiguration,
  type ConfigurationPolicy,
  organisationsIn,
  type Section,
  section,
  withSection,
} from './channel-configuration.ts';
import { ROLES, type Role } from './organisation-roles.ts';

/** `common.Policy.PolicyType.SIGNATURE` */
const SIGNATURE = 1;

/** A policy that names whoever may sign, each once. */
export interface NamedPolicy {
  readonly at: 'Application' | 'Channel';
  readonly name: 'Endorsement' | 'Readers' | 'Writers';
  /** What it says, such as "endorses a transaction". */
  readonly what: string;
  /** Signatures that it takes of so many organisations. */
  readonly quorum: (organisations: number) => number;
}

const one = () => 1;
const moreThanHalf = (organisations: number) => Math.floor(organisations / 2) + 1;

/**
 * Policies that are asked for every transaction and every block. Fabric's implicit ones (`MAJORITY Endorsement`, `ANY Writers`) ask each
 * organisation's own in turn, and every one of these verifies all signatures anew (`ImplicitMetaPolicy.EvaluateSignedData`). So these name
 * whoever may sign, and are made anew whenever the organisations change.
 */
export const NAMED_POLICIES: readonly NamedPolicy[] = [
  { at: 'Application', name: 'Endorsement', what: 'endorses a transaction', quorum: moreThanHalf },
  { at: 'Application', name: 'Writers', what: 'asks peers for endorsement', quorum: one },
  { at: 'Application', name: 'Readers', what: 'reads blocks from peers', quorum: one },
  { at: 'Channel', name: 'Writers', what: 'hands transactions to orderers', quorum: one },
  { at: 'Channel', name: 'Readers', what: 'reads blocks from orderers', quorum: one },
];

/** Ids of the organisations in each section of the channel. */
export type Organisations = Readonly<Record<Section, readonly string[]>>;

interface Signer {
  readonly organisation: string;
  readonly role: Role;
}

function signersOf({ at, name }: NamedPolicy, organisations: Organisations): readonly Signer[] {
  const sections = at === 'Channel' ? (['Application', 'Orderer'] as const) : (['Application'] as const);
  const named = sections.flatMap((each) =>
    organisations[each].flatMap((organisation) => ROLES[each][name].map((role) => ({ organisation, role }))),
  );
  const byText = new Map(named.map((signer) => [`${signer.organisation}.${signer.role}`, signer]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, signer]) => signer);
}

/** A named policy in the language of configtx.yaml (Fabric: "Endorsement policy syntax"). */
export function namedRule(policy: NamedPolicy, organisations: Organisations): string {
  const signers = signersOf(policy, organisations).map(
    ({ organisation, role }) => `'${organisation}.${role.toLowerCase()}'`,
  );
  return `OutOf(${policy.quorum(organisations.Application.length)}, ${signers.join(', ')})`;
}

function organisationsOf(configuration: ChannelConfiguration): Organisations {
  return {
    Application: organisationsIn(configuration, 'Application'),
    Orderer: organisationsIn(configuration, 'Orderer'),
  };
}

/** The configuration in which each of these policies names the organisations that are in the channel; the same where they do. */
export function withNamedPolicies(configuration: ChannelConfiguration): ChannelConfiguration {
  let changed = configuration;
  for (const each of differingPolicies(configuration)) changed = withNamed(changed, each);
  return changed;
}

function withNamed(configuration: ChannelConfiguration, policy: NamedPolicy): ChannelConfiguration {
  const { at, name, quorum } = policy;
  const organisations = organisationsOf(configuration);
  const signers = signersOf(policy, organisations);
  const value = {
    identities: signers.map(({ organisation, role }) => ({
      principal: { msp_identifier: organisation, role },
      principal_classification: 'ROLE',
    })),
    rule: {
      n_out_of: {
        n: quorum(organisations.Application.length),
        rules: signers.map((_, place) => ({ signed_by: place })),
      },
    },
    version: 0,
  };
  const group = at === 'Channel' ? configuration.channel_group : section(configuration, at);
  const kept: Partial<ConfigurationPolicy> = group.policies[name] ?? {};
  const named = { mod_policy: 'Admins', version: '0', ...kept, policy: { type: SIGNATURE, value } };
  const policies = { ...group.policies, [name]: named };
  return at === 'Channel'
    ? { ...configuration, channel_group: { ...group, policies } }
    : withSection(configuration, at, { ...group, policies });
}

/** Those that do not name exactly the organisations in the channel, or ask for another number of signatures. */
export function differingPolicies(configuration: ChannelConfiguration): readonly NamedPolicy[] {
  return NAMED_POLICIES.filter((each) => !isAsNamed(configuration, each));
}

function isAsNamed(configuration: ChannelConfiguration, policy: NamedPolicy): boolean {
  const { at, name, quorum } = policy;
  const organisations = organisationsOf(configuration);
  const group = at === 'Channel' ? configuration.channel_group : section(configuration, at);
  const { type, value } = group.policies[name]?.policy ?? {};
  const { identities = [], rule } = (value ?? {}) as SignaturePolicy;
  const found = identities.map(({ principal, principal_classification }) =>
    principal_classification === 'ROLE' ? `${principal?.msp_identifier}.${principal?.role}` : undefined,
  );
  const wanted = signersOf(policy, organisations).map(({ organisation, role }) => `${organisation}.${role}`);
  const { n, rules = [] } = rule?.n_out_of ?? {};
  const signing = new Set(rules.map(({ signed_by }) => signed_by));
  return (
    type === SIGNATURE &&
    JSON.stringify(found.sort()) === JSON.stringify(wanted) &&
    n === quorum(organisations.Application.length) &&
    // One rule for each, or one signature could count twice.
    rules.length === wanted.length &&
    wanted.every((_, place) => signing.has(place))
  );
}

/** As much of `common.SignaturePolicyEnvelope` as is looked at. */
interface SignaturePolicy {
  readonly identities?: readonly {
    readonly principal_classification?: string;
    readonly principal?: { readonly msp_identifier?: string; readonly role?: string };
  }[];
  readonly rule?: {
    readonly n_out_of?: { readonly n?: number; readonly rules?: readonly { readonly signed_by?: number }[] };
  };
}
