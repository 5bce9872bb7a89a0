/** Door of the consent suite, for tests alone. */
export { ConsentNetwork, MEMBERS, type Member, refusal, signStep } from './consent-network.ts';
export { ConsentNode } from './consent-node.ts';
export { aboutTypes, consentResource, forOrganisations, forPurposes } from './consent-resource.ts';
export { TestPatient } from './test-patient.ts';
