export { type AuditEvent, patientsIn } from './audit-event.ts';
export { FhirNode } from './fhir-node.ts';
export { type Claims, claimsOf, type Received, type Sending, sendRequest } from './request.ts';
export { basic, consentResource, denial, observation, patient } from './resource.ts';
