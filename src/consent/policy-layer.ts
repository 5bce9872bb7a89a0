import type { DecisionRule } from './decision.ts';

/** Who speaks in a decision: the law, the organisation that holds the record, the patient. */
export type PolicyLayer = 'law' | 'organisation' | 'patient';

/** The layers in words. */
export const LAYER_WORDS: Readonly<Record<PolicyLayer, string>> = {
  law: 'law',
  organisation: 'the organisation',
  patient: 'the patient',
};

/** That a minor's care, a representative's right or an emergency is what it is, the law says; a default is the organisation's. */
const LAYERS: Readonly<Record<DecisionRule, PolicyLayer>> = {
  'own-record': 'law',
  'not-own-record': 'law',
  representative: 'law',
  'representation-ended': 'law',
  'confidential-service': 'law',
  'protected-by-law': 'law',
  'break-glass': 'law',
  'organisation-policy': 'organisation',
  'purpose-not-permitted': 'organisation',
  'minimum-necessary': 'organisation',
  'no-patient': 'organisation',
  'permitted-by-consent': 'patient',
  'denied-by-consent': 'patient',
  // Without a word of the patient's nothing leaves: the absence of a consent is theirs.
  'no-consent': 'patient',
};

/** The layer that a rule stands in. */
export function layerOf(rule: DecisionRule): PolicyLayer {
  return LAYERS[rule];
}
