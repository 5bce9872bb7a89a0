export { type Asker, ask } from './ask.ts';
export type { RecordTrust } from './check-record.ts';
export {
  type AttachedLocator,
  type ConsentDirectory,
  type CustodianGrant,
  consentDirectory,
  type HeldLocator,
  type LedgerConsent,
} from './consent-directory.ts';
export { ExchangeError, type ExchangeErrorCode } from './errors.ts';
export type { Link, Locator } from './locator.ts';
export { LocatorDelivery } from './locator-delivery.ts';
export type { Member, MemberDirectory } from './member.ts';
export { composeExchange, type MemberExchange } from './member-exchange.ts';
export { memberPrincipal } from './member-principal.ts';
export type { KeyLookup } from './message-signature.ts';
export { exchangeMigrations, identificationMigrations } from './migrations.ts';
export { networkEverythingOperation } from './network-everything.ts';
export type { NetworkReader } from './network-reader.ts';
export type { RecordSource } from './release-record.ts';
export { exchangeRoutes } from './routes.ts';
export { httpTransport } from './transport.ts';
