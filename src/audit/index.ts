export { accessEvent } from './access-event.ts';
export type { AccessInput } from './access-input.ts';
export { auditedParameters } from './audited-parameters.ts';
export type { Accounting, AccountingQuery, Disclosure } from './disclosures.ts';
export { AuditError, type AuditErrorCode } from './errors.ts';
export { createRecorder } from './recorder.ts';
export { type AuditRouteServices, auditRoutes } from './routes.ts';
