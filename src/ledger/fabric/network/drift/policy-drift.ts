import {
  type ChannelConfiguration,
  type ConfigurationPolicy,
  policyAt,
  withPolicy,
} from '../channel-configuration.ts';
import { consentersOf, validatedBy, withConsenters } from '../consenters.ts';
import { differingPolicies, withNamedPolicies } from '../named-policies.ts';
import type { Drift } from './drift.ts';

/** `common.Policy.PolicyType.IMPLICIT_META` */
const IMPLICIT_META = 3;
const MEND = 'holdfast ledger mend';

/** What more than half of the organisations decide: which code runs, who changes the configuration. */
const MAJORITIES = [
  { at: 'Application', name: 'LifecycleEndorsement', sub: 'Endorsement', what: 'approves the chaincode' },
  { at: 'Application', name: 'Admins', sub: 'Admins', what: 'changes who writes and endorses' },
  { at: 'Orderer', name: 'Admins', sub: 'Admins', what: 'changes the ordering service' },
  { at: 'Channel', name: 'Admins', sub: 'Admins', what: 'changes the channel' },
] as const;

/** Where the channel's policies ask for something else than more than half of the organisations, or a quorum of the orderers. */
export function policyDrift(configuration: ChannelConfiguration): readonly Drift[] {
  const policies = MAJORITIES.filter(
    ({ at, name, sub }) => !isMajority(policyAt(configuration, at, name), sub),
  );
  return [
    ...differingPolicies(configuration).map(
      ({ at, name, what }): Drift => ({
        code: 'policy-differs',
        what: `${at}/${name} does not name exactly the channel's organisations, each once, or takes another number of signatures: it says who ${what}.`,
        mend: MEND,
      }),
    ),
    ...policies.map(
      ({ at, name, what }): Drift => ({
        code: 'policy-differs',
        what: `${at}/${name} is not "more than half of the organisations": it says who ${what}.`,
        mend: MEND,
      }),
    ),
    ...(validatedBy(configuration, consentersOf(configuration)) ? [] : [blockValidationDrift()]),
  ];
}

function blockValidationDrift(): Drift {
  const what = 'Peers accept blocks by other signatures than a quorum of the present orderers.';
  return { code: 'block-validation-differs', what, mend: MEND };
}

/** The configuration with every policy as it was agreed; the same where nothing drifted. */
export function withAgreedPolicies(configuration: ChannelConfiguration): ChannelConfiguration {
  let mended = withNamedPolicies(configuration);
  for (const { at, name, sub } of MAJORITIES)
    if (!isMajority(policyAt(mended, at, name), sub)) mended = withPolicy(mended, at, name, majority(sub));
  const consenters = consentersOf(mended);
  return validatedBy(mended, consenters) ? mended : withConsenters(mended, consenters);
}

function isMajority(policy: ConfigurationPolicy | undefined, sub: string): boolean {
  const { rule, sub_policy } = (policy?.policy.value ?? {}) as { rule?: unknown; sub_policy?: unknown };
  return policy?.policy.type === IMPLICIT_META && rule === 'MAJORITY' && sub_policy === sub;
}

const majority = (sub: string) => ({
  type: IMPLICIT_META,
  value: { rule: 'MAJORITY', sub_policy: sub },
});
