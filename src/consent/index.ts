export { Affiliations } from './affiliation/affiliations.ts';
export { type Watcher, watchedVault } from './affiliation/watched-vault.ts';
export { type ConsentProblem, checkConsents } from './check-consents.ts';
export { type Compilation, compileConsent } from './compile.ts';
export { ORGANISATION_SYSTEM } from './compile-actor.ts';
export { groupsNamed } from './compiled-names.ts';
export type { ConsentAction } from './consent-action.ts';
export type { CustodianRecord, Link } from './consent-record.ts';
export {
  type AttachedConsent,
  ConsentRegister,
  type ConsentRegisterOptions,
  type ReceivedLocator,
} from './consent-register.ts';
export { type ConsentOptions, type ConsentServices, openConsents } from './consent-services.ts';
export type { StepAnswer } from './consent-step.ts';
export { consentContract } from './contract.ts';
export { VETO_SECONDS } from './contract-rebind.ts';
export type {
  ConsentState,
  RebindProposal,
  RecordedBy,
  RevocationReason,
} from './contract-state.ts';
export { decide } from './decide.ts';
export {
  type CompiledConsent,
  type ConsentStatus,
  Decision,
  type DecisionRequest,
  type DecisionRule,
} from './decision.ts';
export {
  BREAK_GLASS,
  EMERGENCY_REASONS,
  EMERGENCY_RULES,
  type Emergency,
  type EmergencyReason,
  isEmergencyReason,
} from './emergency.ts';
export { ConsentError, type ConsentErrorCode, type ConsentIssue } from './errors.ts';
export { createExclusive, type Exclusive } from './exclusive.ts';
export { highWaterMark, type LabelCoding } from './high-water-mark.ts';
export { type Problem, problemOf, sendProblem } from './http-errors.ts';
export {
  type BlockingException,
  exceptionOf,
  SECURITY_EXCEPTION,
} from './information-blocking.ts';
export type { CodeSet } from './labelling/code-set.ts';
export { computeLabels, decidableFacts, labelled } from './labelling/computed-labels.ts';
export {
  DEFAULT_CODE_SETS,
  DEFAULT_LABEL_RULES,
  type LabelRules,
  labelRules,
  NO_LABEL_RULES,
  type Part2Program,
} from './labelling/label-rules.ts';
export {
  CALIFORNIA,
  FEDERAL,
  LAW_PROFILES,
  type LawProfile,
  type MinorService,
  NEW_YORK,
  NO_LAW,
  type Protection,
} from './law-profile.ts';
export type { ListedConsent } from './listing.ts';
export { consentMigrations } from './migrations.ts';
export type { Obligation } from './obligation.ts';
export {
  CONSENT_ONLY,
  type OrganisationPolicy,
  organisationPolicy,
  POLICY_PROFILES,
  type PolicyProfile,
  policyOf,
} from './organisation-policy.ts';
export { PART_2_NOTICE } from './part-2-notice.ts';
export { LAYER_WORDS, type PolicyLayer } from './policy-layer.ts';
export { layersOf, type PolicyInForce } from './policy-layers.ts';
export { policyRoutes } from './policy-routes.ts';
export { NOT_OPERATIONS, TREATMENT_PAYMENT_OPERATIONS } from './purpose-of-use.ts';
export { type FhirConsentPath, fhirConsentPath, type RecordedConsent } from './recorded-consent.ts';
export {
  type RecordingServices,
  type RequestName,
  type RequestTrail,
  recordedHandler,
} from './recorded-handler.ts';
export { noRight, type Representative } from './representative.ts';
export { type ConsentRouteServices, consentRoutes } from './routes.ts';
export { scopeInWords } from './scope-in-words.ts';
export { LABEL, PART_2_LABELS } from './sensitivity.ts';
export { type RevocationDelay, Withdrawals } from './withdrawals.ts';
