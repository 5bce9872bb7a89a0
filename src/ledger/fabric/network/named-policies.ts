import {
  type ChannelConfiguration,
  organisationsIn,
  policyAt,
  type Section,
  withPolicy,
} from './channel-configuration.ts';
import { ROLES, type Role } from './organisation-roles.ts';
import { isSignaturePolicy, type Principal, signaturePolicy } from './signature-policy.ts';

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

/** What a policy is to say in a channel of these organisations. */
function wanted(policy: NamedPolicy, configuration: ChannelConfiguration): [number, readonly Principal[]] {
  const organisations = organisationsOf(configuration);
  const principals = signersOf(policy, organisations).map(
    ({ organisation, role }): Principal => ({
      principal: { msp_identifier: organisation, role },
      principal_classification: 'ROLE',
    }),
  );
  return [policy.quorum(organisations.Application.length), principals];
}

/** The configuration in which each of these policies names the organisations that are in the channel; the same where they do. */
export function withNamedPolicies(configuration: ChannelConfiguration): ChannelConfiguration {
  return differingPolicies(configuration).reduce(
    (changed, each) => withPolicy(changed, each.at, each.name, signaturePolicy(...wanted(each, changed))),
    configuration,
  );
}

/** Those that do not name exactly the organisations in the channel, or ask for another number of signatures. */
export function differingPolicies(configuration: ChannelConfiguration): readonly NamedPolicy[] {
  return NAMED_POLICIES.filter(
    (each) => !isSignaturePolicy(policyAt(configuration, each.at, each.name), ...wanted(each, configuration)),
  );
}
