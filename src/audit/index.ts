export { accessEvent } from './access-event.ts';
export type { AccessInput } from './access-input.ts';
export { type Accounting, type AccountingQuery, disclosuresOf } from './accounting/accounting.ts';
export type { Disclosure, MemberDirectory } from './accounting/disclosure.ts';
export { type Suspension, Suspensions } from './accounting/suspension.ts';
export { type Flag, Flagging } from './anomaly/flagging.ts';
export { IDENTITY_GUESSED } from './anomaly/rules.ts';
export { isOfficer, requireOfficer } from './asker.ts';
export type { AuditRouteServices, ProofsSource } from './audit-services.ts';
export { auditedParameters } from './audited-parameters.ts';
export { BreakGlassRegister, type Breaking } from './break-glass/break-glass-register.ts';
export {
  asEmergency,
  type Breaker,
  type BreakGlassFacts,
  type BrokenGlass,
  MAX_OPEN_MS,
} from './break-glass/broken-glass.ts';
export { mayBreak } from './break-glass/routes.ts';
export { BreakGlassWebhook } from './break-glass/webhook.ts';
export { AuditError, type AuditErrorCode } from './errors.ts';
export { followOnce } from './follower.ts';
export type { Destination } from './forwarding/forwarded.ts';
export { Forwarder } from './forwarding/forwarder.ts';
export { otlpDestination } from './forwarding/otlp.ts';
export { syslogDestination } from './forwarding/syslog.ts';
export { auditMigrations } from './migrations.ts';
export { RecordStore } from './record-store.ts';
export { createRecorder } from './recorder.ts';
export { RefusalSeal } from './refusals/refusal-seal.ts';
export { RightsRegister } from './rights/rights-register.ts';
export { StandingStatements } from './rights/standing-statements.ts';
export { auditRoutes } from './routes.ts';
