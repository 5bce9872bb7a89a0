import {
  type ChannelConfiguration,
  type ConfigurationPolicy,
  organisationsIn,
  section,
  withSection,
} from './channel-configuration.ts';

/** `common.Policy.PolicyType.SIGNATURE` */
const SIGNATURE = 1;

/** How many peers, each of another organisation, endorse a transaction: more than half of the organisations. */
export function endorsementQuorum(organisations: number): number {
  return Math.floor(organisations / 2) + 1;
}

/** The policy in the language of configtx.yaml (Fabric: "Endorsement policy syntax"). */
export function endorsementRule(organisations: readonly string[]): string {
  const peers = [...organisations].sort().map((id) => `'${id}.peer'`);
  return `OutOf(${endorsementQuorum(peers.length)}, ${peers.join(', ')})`;
}

/**
 * The configuration in which peers of more than half of the organisations that write must endorse. It names each organisation, and is made
 * anew whenever these change: Fabric's `MAJORITY Endorsement` asks each organisation's own policy in turn, and every one of them verifies
 * all signatures anew (`ImplicitMetaPolicy.EvaluateSignedData`), three to four times the work at every peer for every transaction.
 */
export function withEndorsement(configuration: ChannelConfiguration): ChannelConfiguration {
  const application = section(configuration, 'Application');
  const organisations = organisationsIn(configuration, 'Application');
  const before = application.policies.Endorsement;
  const policies = { ...application.policies, Endorsement: endorsement(before, organisations) };
  return withSection(configuration, 'Application', { ...application, policies });
}

function endorsement(
  before: ConfigurationPolicy | undefined,
  organisations: readonly string[],
): ConfigurationPolicy {
  const value = {
    identities: organisations.map((id) => ({
      principal: { msp_identifier: id, role: 'PEER' },
      principal_classification: 'ROLE',
    })),
    rule: {
      n_out_of: {
        n: endorsementQuorum(organisations.length),
        rules: organisations.map((_, at) => ({ signed_by: at })),
      },
    },
    version: 0,
  };
  return { mod_policy: 'Admins', version: '0', ...before, policy: { type: SIGNATURE, value } };
}

/** True when exactly the peers of more than half of the organisations that write endorse. */
export function isEndorsedByMajority(configuration: ChannelConfiguration): boolean {
  const organisations = organisationsIn(configuration, 'Application');
  const { type, value } = section(configuration, 'Application').policies.Endorsement?.policy ?? {};
  const { identities = [], rule } = (value ?? {}) as EndorsementValue;
  const named = identities.map(({ principal, principal_classification }) =>
    principal_classification === 'ROLE' ? `${principal?.msp_identifier}.${principal?.role}` : undefined,
  );
  const { n, rules = [] } = rule?.n_out_of ?? {};
  const signing = rules.map(({ signed_by }) => signed_by);
  return (
    type === SIGNATURE &&
    JSON.stringify(named.sort()) === JSON.stringify(organisations.map((id) => `${id}.PEER`).sort()) &&
    n === endorsementQuorum(organisations.length) &&
    // One rule for each, or one signature could count twice.
    signing.length === organisations.length &&
    organisations.every((_, at) => signing.includes(at))
  );
}

/** As much of `common.SignaturePolicyEnvelope` as is looked at. */
interface EndorsementValue {
  readonly identities?: readonly {
    readonly principal_classification?: string;
    readonly principal?: { readonly msp_identifier?: string; readonly role?: string };
  }[];
  readonly rule?: {
    readonly n_out_of?: { readonly n?: number; readonly rules?: readonly { readonly signed_by?: number }[] };
  };
}
