export { Reauthentication, type ReauthenticationProof } from './account/reauthentication.ts';
export type { NetworkOverview } from './administration/network-overview.ts';
export { type AuthorisationServices, authorisationRoutes } from './authorisation-server/routes.ts';
export {
  type CertificateAuthority,
  createOrganisationAuthorities,
  type OrganisationAuthorities,
  renewIdentityAuthority,
} from './certificates/authority.ts';
export { exportOfflineRoot, importOfflineRoot } from './certificates/offline-root.ts';
export { p256PrivateKey, p256Scalar } from './certificates/p256-scalar.ts';
export {
  type CertificateRole,
  issueCertificate,
  issueTlsCertificate,
  type RoleCertificateRequest,
  type TlsCertificateRequest,
} from './certificates/role-certificate.ts';
export type { ClientConfiguration, RegisteredClient } from './clients/client-configuration.ts';
export { demoClient, portalClient, registerClients } from './clients/client-registration.ts';
export { hashClientSecret } from './clients/client-secret.ts';
export { membershipContract } from './contract.ts';
export type { Persona, PersonaRecord, PersonaRole } from './demo/persona.ts';
export { type DemoServices, demoRoutes, type PersonaSignIn } from './demo/routes.ts';
export type { Account, NewAccount } from './directory/account.ts';
export type { OneTimeLink } from './directory/one-time-link.ts';
export {
  isRole,
  purposesOfRoles,
  type Role,
  type RoleReach,
  reachOfRoles,
  roleReaches,
  roles,
} from './directory/role.ts';
export type { EnrolledKey, EnrolledKeyRole, KeyCustody } from './enrolment/enrolled-key.ts';
export { Enrolment, type EnrolmentOptions, type EnrolmentRequest } from './enrolment/enrolment.ts';
export { MAX_WRONG_TRIES } from './enrolment/enrolment-code.ts';
export type { CodePurpose } from './enrolment/enrolment-code-store.ts';
export { identityMigrations } from './enrolment/migrations.ts';
export { type EnrolmentServices, enrolmentRoutes } from './enrolment/routes.ts';
export { IdentityError, type IdentityErrorCode } from './errors.ts';
export {
  applicantOf,
  type Founding,
  founderOrder,
  genesisOf,
  type Joining,
  parseApplicant,
  parseApplication,
  parseFounding,
  parseFoundingSignature,
  signFounding,
  signJoining,
} from './founding.ts';
export { type IdentityProblem, identityProblem } from './http-errors.ts';
export type { Change } from './membership/change.ts';
export type { Applicant, Application, NewKey } from './membership/member-application.ts';
export type { ProposalState } from './membership/proposal.ts';
export {
  createOrganisationKey,
  createOrganisationKeys,
  newKeyOf,
  type OrganisationKey,
  organisationKeyUses,
} from './organisation-keys.ts';
export { type PolicyTexts, policyTexts } from './policy-texts.ts';
export { isLogicalId, isRepresentative, type PatientsOf, type Principal } from './principal.ts';
export {
  PURPOSE_OF_USE_SYSTEM,
  parsePurposes,
  purposeCodes,
  purposeIsA,
} from './purpose-of-use.ts';
export { type RecordedEvent, type Recorder, recordDurably } from './recorder.ts';
export type { Interaction, ScopeLevel } from './scope/scope.ts';
export {
  type AllowedLevels,
  allowedBy,
  parseScopes,
  type RestrictedScope,
  restrictedFor,
  type Scopes,
} from './scope/scopes.ts';
export {
  type OrganisationSignIn,
  openDirectory,
  openSignIn,
  type SignInParts,
} from './sign-in/open-sign-in.ts';
export type { OutsideConfiguration } from './sign-in/outside-provider.ts';
export { openToApps, type PeopleServices, peopleRoutes } from './sign-in/people-routes.ts';
export type { PatientSought, PatientsFound, PatientsShown, ShownPatient } from './sign-in/shown-patient.ts';
export {
  type AccessClaims,
  createTokenIssuer,
  type IssuedToken,
  type TokenRealm,
  tokenRealm,
} from './token/access-token.ts';
export { type Authenticator, createAuthenticator } from './token/authenticator.ts';
export { generateTokenKey, type TokenKey } from './token/token-key.ts';
