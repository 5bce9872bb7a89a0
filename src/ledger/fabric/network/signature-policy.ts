import type { ConfigurationPolicy } from './channel-configuration.ts';

/** `common.Policy.PolicyType.SIGNATURE` */
const SIGNATURE = 1;

/** Whose signature counts (`common.MSPPrincipal`), in configtxlator's JSON. */
export type Principal =
  /** Anybody in a role of an organisation. */
  | {
      readonly principal: { readonly msp_identifier: string; readonly role: string };
      readonly principal_classification: 'ROLE';
    }
  /** The holder of one certificate, base64 of its PEM. */
  | {
      readonly principal: { readonly mspid: string; readonly id_bytes: string };
      readonly principal_classification: 'IDENTITY';
    };

/** A policy (`common.SignaturePolicyEnvelope`) that `n` signatures meet, each of another of the principals. */
export function signaturePolicy(n: number, principals: readonly Principal[]): ConfigurationPolicy['policy'] {
  const rules = principals.map((_, place) => ({ signed_by: place }));
  const value = { identities: principals, rule: { n_out_of: { n, rules } }, version: 0 };
  return { type: SIGNATURE, value };
}

/** As much of it as is looked at. */
interface FoundPolicy {
  readonly identities?: readonly {
    readonly principal_classification?: string;
    readonly principal?: Readonly<Record<string, unknown>>;
  }[];
  readonly rule?: {
    readonly n_out_of?: { readonly n?: number; readonly rules?: readonly { readonly signed_by?: number }[] };
  };
}

const PARTS = ['msp_identifier', 'role', 'mspid', 'id_bytes'];
const textOf = ({
  principal,
  principal_classification,
}: Partial<NonNullable<FoundPolicy['identities']>[number]>) =>
  [principal_classification, ...PARTS.map((part) => principal?.[part] ?? '')].join(' ');

/** True when a policy is met by `n` signatures of exactly these principals, each counted once, in whatever order they stand. */
export function isSignaturePolicy(
  policy: ConfigurationPolicy | undefined,
  n: number,
  principals: readonly Principal[],
): boolean {
  const { identities = [], rule } = (policy?.policy.value ?? {}) as FoundPolicy;
  const { n: asked, rules = [] } = rule?.n_out_of ?? {};
  const signing = new Set(rules.map(({ signed_by }) => signed_by));
  return (
    policy?.policy.type === SIGNATURE &&
    JSON.stringify(identities.map(textOf).sort()) === JSON.stringify(principals.map(textOf).sort()) &&
    asked === n &&
    // One rule for each, or one signature could count twice.
    rules.length === principals.length &&
    principals.every((_, place) => signing.has(place))
  );
}
