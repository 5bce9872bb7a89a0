/** FHIR R4 §Consent.provision.action: code system of what a rule controls. */
export const CONSENT_ACTIONS = 'http://terminology.hl7.org/CodeSystem/consentaction';

/**
 * What is done with the data. `access` retrieves, `disclose` hands to another organisation, `collect` writes something new,
 * `correct` changes what is there, `use` is everything else.
 */
export type ConsentAction = 'collect' | 'access' | 'use' | 'disclose' | 'correct';

const CODES: readonly ConsentAction[] = ['collect', 'access', 'use', 'disclose', 'correct'];

/** No condition: any action, one that nobody named included. */
export const ANY_ACTION = -1;

/** The actions as bits; undefined when one is no code of the system. */
export function actionBits(codes: readonly string[]): number | undefined {
  let found = 0;
  for (const code of codes) {
    const at = CODES.indexOf(code as ConsentAction);
    if (at === -1) return undefined;
    found |= 1 << at;
  }
  return found;
}
