import type { Decision, DecisionRule } from './decision.ts';
import { TREATMENT_PAYMENT_OPERATIONS } from './purpose-of-use.ts';

/** Why not fulfilling a request for electronic health information is no information blocking (45 CFR 171.103). */
export interface BlockingException {
  readonly code:
    | 'privacy-precondition'
    | 'privacy-individual-request'
    | 'security'
    | 'required-by-law'
    /** Nothing is claimed: the privacy officer has to look. */
    | 'none-claimed';
  readonly source: string;
}

const PRECONDITION: BlockingException = { code: 'privacy-precondition', source: '45 CFR 171.202(b)' };
const UNCLAIMED: BlockingException = { code: 'none-claimed', source: '45 CFR 171.103(a)' };

const lawful = (source: string): BlockingException => ({
  code: 'required-by-law',
  source: `45 CFR 171.103(a)(1); ${source}`,
});

/** By rule: 171.202(b) where a privacy law makes something a precondition, 171.202(e) where the individual asked not to share. */
const EXCEPTIONS: Readonly<Partial<Record<DecisionRule, BlockingException>>> = {
  'denied-by-consent': { code: 'privacy-individual-request', source: '45 CFR 171.202(e)' },
  'purpose-not-permitted': PRECONDITION,
  'minimum-necessary': lawful('45 CFR 164.502(b), 164.514(d)'),
  'not-own-record': lawful('45 CFR 164.502(a)'),
  'representation-ended': lawful('45 CFR 164.502(g)'),
  'confidential-service': lawful('45 CFR 164.502(g)(3)'),
};

/** The exception that a refusal by the decision falls under. */
export function exceptionOf(
  { rule, law }: Pick<Decision, 'rule' | 'law'>,
  purposes: readonly string[],
): BlockingException {
  if (rule === 'protected-by-law') return lawful(law ?? 'the law');
  if (rule !== 'no-consent') return EXCEPTIONS[rule] ?? UNCLAIMED;
  // For treatment, payment and operations no law asks for the consent that this network asks for: that is not claimed as one.
  return purposes.some((purpose) => TREATMENT_PAYMENT_OPERATIONS.includes(purpose))
    ? UNCLAIMED
    : PRECONDITION;
}

/** A token that is not valid, or does not reach so far: access is not refused to the data but to whom nobody vouched for. */
export const SECURITY_EXCEPTION: BlockingException = { code: 'security', source: '45 CFR 171.203' };
