export { type Compilation, compileConsent } from './compile.ts';
export { ORGANISATION_SYSTEM } from './compile-actor.ts';
export { consentContract } from './contract.ts';
export { VETO_SECONDS } from './contract-rebind.ts';
export {
  type ConsentState,
  REVOCATION_REASONS,
  type RebindProposal,
  type RecordedBy,
  type RevocationReason,
} from './contract-state.ts';
export { decide } from './decide.ts';
export type { CompiledConsent, ConsentStatus, Decision, DecisionRequest, DecisionRule } from './decision.ts';
export { ConsentError, type ConsentErrorCode, type ConsentIssue } from './errors.ts';
export { DEFAULT_PURPOSES, type OrganisationPolicy, organisationPolicy } from './organisation-policy.ts';
export { PURPOSE_SYSTEM, purposesCovered } from './purpose-of-use.ts';
