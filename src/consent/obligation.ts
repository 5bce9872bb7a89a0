import type { DecisionFacts } from '../r4/index.ts';
import type { Decision, DecisionRequest } from './decision.ts';
import { ACT_CODE, LABEL } from './sensitivity.ts';

/** What whoever releases or receives the data must do. */
export type Obligation =
  /** Leave out the elements at these paths and tag the rest REDACTED. */
  | { readonly code: 'redact'; readonly paths: readonly string[] }
  /** Send the notice of 42 CFR 2.32 along, with a copy of the consent or what it covers. */
  | { readonly code: 'part-2-notice'; readonly consents: readonly string[] }
  /** Use it for this purpose only. */
  | { readonly code: 'purpose-limit'; readonly purpose: string }
  /** The permission ends at this time, RFC 3339. */
  | { readonly code: 'until'; readonly time: string }
  /** Do what a handling label on the data says, as `system|code` (v3-ActCode ObligationPolicy, RefrainPolicy). */
  | { readonly code: 'handling'; readonly label: string };

/** v3-ActCode ObligationPolicy and RefrainPolicy codes that a label can carry. */
const HANDLING: ReadonlySet<string> = new Set(
  (
    'ANONY AOD AUDIT AUDTR CPLYCC CPLYCD CPLYJPP CPLYOPP CPLYOSP CPLYPOL DECLASSIFYLABEL DEID DELAU DOWNGRDLABEL DRIVLABEL ' +
    'ENCRYPT ENCRYPTR ENCRYPTT ENCRYPTU HUAPRV LABEL MASK MINEC PERSISTLABEL PRIVMARK PSEUD REDACT UPGRDLABEL ' +
    'NOAUTH NOCOLLECT NODSCLCD NODSCLCDS NOINTEGRATE NOLIST NOMOU NOORGPOL NOPAT NOPERSISTP NORDSCLCD NORDSCLCDS ' +
    'NORDSCLW NORELINK NOREUSE NOVIP ORCON'
  )
    .split(' ')
    .map((code) => `${ACT_CODE}|${code}`),
);

/** v3-ActCode RefrainPolicy: no disclosure beyond the recipient without the subject's authorisation. */
const NO_REDISCLOSURE = `${ACT_CODE}|NORDSCLCD`;

/** What a decision to release obliges to; empty on refusal, and for patients and those who ask for them. */
export function obligationsOf(
  decision: Decision,
  request: DecisionRequest | undefined,
  facts: DecisionFacts | undefined,
): readonly Obligation[] {
  const { permit, rule, redactions, grounds, purpose, consents } = decision;
  if (!permit || request === undefined || facts === undefined) return [];
  const found: Obligation[] = redactions.length === 0 ? [] : [{ code: 'redact', paths: redactions }];
  if (rule !== 'permitted-by-consent' && rule !== 'organisation-policy' && rule !== 'break-glass')
    return found;
  const leaves = request.actorOrganisation !== request.custodian;
  // 45 CFR 164.522(a)(1)(iv): who is given it in an emergency is asked not to use or disclose it further.
  if (leaves && rule === 'break-glass') found.push({ code: 'handling', label: NO_REDISCLOSURE });
  // 42 CFR 2.32 speaks of disclosures made with consent; one under 2.51 has none to copy.
  if (leaves && rule !== 'break-glass' && facts.labels.includes(LABEL.part2))
    found.push({ code: 'part-2-notice', consents });
  if (rule === 'permitted-by-consent' && purpose !== undefined)
    found.push({ code: 'purpose-limit', purpose });
  const untilMs = Math.min(...grounds.map(({ provision }) => provision.criteria.untilMs));
  if (Number.isFinite(untilMs)) found.push({ code: 'until', time: new Date(untilMs).toISOString() });
  for (const label of facts.labels) if (HANDLING.has(label)) found.push({ code: 'handling', label });
  return found;
}
