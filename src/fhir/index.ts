export { disclose, mayWrite, type Reach, reachOf, reachWithin, type Shown } from './access.ts';
export { type Administered, mayAdminister } from './administering.ts';
export { type BundleEntry, type BundleHead, bundleText } from './bundle/bundle-text.ts';
export type { ConsentPath } from './consent-path.ts';
export {
  type Answer,
  auditOf,
  type ConditionalHeaders,
  type Context,
  requestContext,
} from './context.ts';
export { FhirError, type FhirErrorCode, type OutcomeIssue } from './errors.ts';
export type { EventServices } from './events/event-services.ts';
export type { StreamTimes } from './events/event-stream.ts';
export { OpenStreams } from './events/open-streams.ts';
export { eventRoutes } from './events/routes.ts';
export { readPermitted } from './interactions/read.ts';
export { loadResources } from './load.ts';
export { mayRead } from './may-read.ts';
export { FHIR_JSON, RECEIPT_TYPE } from './media-type.ts';
export type { Operation, OperationCall } from './operation.ts';
export { type CompartmentPage, compartmentPage, everythingOperation } from './operations/everything.ts';
export { importOperation } from './operations/import.ts';
export { receiptOperation, receiptText } from './operations/receipt.ts';
export { validateOperation } from './operations/validate.ts';
export { operationOutcome } from './outcome.ts';
export { type Permitted, permission, permitted } from './permission.ts';
export { type Draft, draft, type Prepared, parsed } from './prepared.ts';
export { parseQuery, type Query } from './query.ts';
export { labelsOf, RECEIPT_EXTENSION, release } from './release.ts';
export { fhirRoutes } from './routes.ts';
export { type RawRequest, serve } from './serve.ts';
export type { Emergencies, FhirServices, ProofSource } from './services.ts';
export { newTrail, type Trail } from './trail.ts';
export { asFhirError } from './translate.ts';
