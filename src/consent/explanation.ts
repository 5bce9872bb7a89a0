import type { Decision, DecisionRequest, DecisionRule } from './decision.ts';
import { LAYER_WORDS } from './policy-layer.ts';

const WORDS: Record<DecisionRule, string> = {
  'own-record': 'Patients see their own record.',
  'not-own-record': 'This record is of somebody else.',
  representative: 'Who asks represents the patient, and sees what the patient would.',
  'representation-ended': 'The right to ask for this patient has ended or has not begun.',
  'confidential-service': 'The law lets a minor obtain this care alone; only the minor shares it.',
  'organisation-policy': 'The policy of the organisation permits it to its own people for this purpose.',
  'purpose-not-permitted': 'Neither the policy of the organisation nor a consent permits this purpose.',
  'no-patient': 'The resource is about no patient.',
  'minimum-necessary': 'It is more than this purpose or this role needs.',
  'break-glass': 'Opened in an emergency, for a time and on the record.',
  'permitted-by-consent': 'Permitted by the patient',
  'denied-by-consent': 'Denied by the patient',
  'protected-by-law': 'The law protects this data beyond what the policy or the consents at hand permit.',
  'no-consent': 'No consent permits it, and without one nothing leaves the organisation.',
};

/** The reason for a decision in words. A stranger learns from it what the rule is, and nothing of the record. */
export function explain(decision: Decision, request: DecisionRequest | undefined): string {
  const { rule, grounds, purpose, redactions, law, permit } = decision;
  const sentences = [
    grounds.length === 0 ? WORDS[rule] : `${WORDS[rule]}: ${grounds.map(wordsOf).join('; ')}.`,
  ];
  if (grounds.some(({ provision }) => /\.provision\[\d+\]$/.test(provision.path)))
    sentences.push(
      'An exception counts more than the rule it stands in, and a denial more than a permission beside it.',
    );
  if (permit && purpose !== undefined) sentences.push(`The purpose is ${purpose}.`);
  if (!permit && rule === 'no-consent' && request !== undefined && request.purposes.length > 0)
    sentences.push(`It was asked for ${request.purposes.join(', ')}.`);
  if (law !== undefined) sentences.push(`The law is ${law}.`);
  sentences.push(`Decided by the layer of ${LAYER_WORDS[decision.layer]}.`);
  if (redactions.length > 0)
    sentences.push(`Left out, because it may not be shown: ${redactions.join(', ')}.`);
  return sentences.join(' ');
}

function wordsOf({ consent, provision }: Decision['grounds'][number]): string {
  return `consent ${consent.id}, ${provision.path}`;
}
