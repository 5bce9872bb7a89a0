export { type ConsentProblem, checkConsents } from './check-consents.ts';
export { type Compilation, compileConsent } from './compile.ts';
export { ORGANISATION_SYSTEM } from './compile-actor.ts';
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
export type { CompiledConsent, ConsentStatus, Decision, DecisionRequest, DecisionRule } from './decision.ts';
export { ConsentError, type ConsentErrorCode, type ConsentIssue } from './errors.ts';
export { type Problem, problemOf, sendProblem } from './http-errors.ts';
export type { ListedConsent } from './listing.ts';
export { consentMigrations } from './migrations.ts';
export { type OrganisationPolicy, organisationPolicy } from './organisation-policy.ts';
export { type FhirConsentPath, fhirConsentPath, type RecordedConsent } from './recorded-consent.ts';
export {
  type RecordingServices,
  type RequestName,
  type RequestTrail,
  recordedHandler,
} from './recorded-handler.ts';
export { type ConsentRouteServices, consentRoutes } from './routes.ts';
