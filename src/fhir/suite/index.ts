export { type AuditEvent, patientsIn } from './audit-event.ts';
export { type Claims, FhirNode, type Received, type Sending } from './fhir-node.ts';
export { basic, consentResource, denial, observation, patient } from './resource.ts';
