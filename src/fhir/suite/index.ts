export {
  type AuditEvent,
  type Claims,
  FhirNode,
  patientsIn,
  type Received,
  type Sending,
} from './fhir-node.ts';
export { basic, consentResource, denial, observation, patient } from './resource.ts';
