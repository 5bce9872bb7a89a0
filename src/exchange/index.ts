export { type Asker, ask } from './ask.ts';
export type { RecordTrust } from './check-record.ts';
export type {
  AttachedLocator,
  ConsentDirectory,
  CustodianGrant,
  HeldLocator,
  LedgerConsent,
} from './consent-directory.ts';
export { ExchangeError, type ExchangeErrorCode } from './errors.ts';
export { FailedIdentifications } from './failed-identifications.ts';
export type { Link, Locator } from './locator.ts';
export { LocatorDelivery } from './locator-delivery.ts';
export type { LocatorServices } from './locator-routes.ts';
export type { Member, MemberDirectory } from './member.ts';
export { memberPrincipal } from './member-principal.ts';
export type { ExchangeSigner, KeyLookup } from './message-signature.ts';
export { exchangeMigrations, identificationMigrations } from './migrations.ts';
export { networkEverythingOperation } from './network-everything.ts';
export type { NetworkReader } from './network-reader.ts';
export { NonceStore } from './nonce-store.ts';
export { type LocatorReceiver, receiveLocator } from './receive-locator.ts';
export { refusalRecording } from './refusal-recording.ts';
export { consentDirectory } from './registered-consents.ts';
export { type EmergencySource, releaseInEmergency } from './release-emergency.ts';
export { type RecordSource, releaseRecord } from './release-record.ts';
export { type ExchangeHandler, type ExchangeServices, exchangeRoutes } from './routes.ts';
export { createHttpTransport, httpTransport, type Transport } from './transport.ts';
