import { type PolicyState, policyContent } from '../ledger/kit/index.ts';
import { formatLogPolicy, formatNetworkPolicy, sha256, toHex, utf8 } from '../proof/index.ts';

/** The exact texts of one policy version. */
export interface PolicyTexts {
  /** Trust policy of the network. */
  readonly network: string;
  /** By organisation: trust policy of its log. */
  readonly logs: { readonly [organisation: string]: string };
}

/** The texts of a policy version, as `membership` holds it: pure, the same everywhere and for ever (FORMATS §3). */
export function policyTexts(ledger: string, policy: PolicyState): PolicyTexts {
  const content = policyContent(ledger, policy);
  const logs = content.members.map(
    ({ organisation }) => [organisation, formatLogPolicy(content, organisation)] as const,
  );
  return { network: formatNetworkPolicy(content), logs: Object.fromEntries(logs) };
}

/** What `membership` holds of a policy text: hexadecimal SHA-256. */
export function policyHash(text: string): string {
  return toHex(sha256(utf8(text)));
}
