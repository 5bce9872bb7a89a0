export * from './audit-export.ts';
export * from './bytes.ts';
export * from './checkpoint.ts';
export * from './checkpoint-trust.ts';
export * from './cosignature.ts';
export * from './crypto.ts';
export * from './erasure-proof.ts';
export * from './errors.ts';
export * from './event.ts';
export { type CertificateContent, readCertificate } from './fabric/certificate.ts';
export { configurationIn, type OrderingConfiguration, orderingQuorum } from './fabric/configuration.ts';
export {
  type OrderedBlock,
  orderedBlockHash,
  orderedDataHash,
  orderedHeaderBytes,
  readOrderedBlock,
  SIGNATURES_INDEX,
  TRANSACTIONS_FILTER_INDEX,
} from './fabric/ordered-block.ts';
export {
  type OrderingEvidence,
  type OrderingFailure,
  type OrderingVerdict,
  verifyOrdering,
} from './fabric/ordering-evidence.ts';
export {
  bytesAt,
  entriesAt,
  integerAt,
  listAt,
  messageAt,
  readMessage,
  textAt,
  type WireMessage,
} from './fabric/wire.ts';
export * from './hash.ts';
export { canonicalBytes, canonicalize, MAX_JSON_DEPTH } from './jcs.ts';
export type { JsonObject } from './json-shape.ts';
export * from './json-text.ts';
export * from './ledger-evidence.ts';
export * from './ledger-verifier.ts';
export * from './merkle/compact-range.ts';
export * from './merkle/consistency.ts';
export * from './merkle/hashing.ts';
export * from './merkle/inclusion.ts';
export * from './merkle/proof-building.ts';
export * from './merkle/subtree.ts';
export * from './note.ts';
export * from './origin.ts';
export * from './patient-keys.ts';
export * from './quorum.ts';
export * from './receipt.ts';
export * from './sign.ts';
export * from './signer.ts';
export * from './statements.ts';
export * from './tlog-policy.ts';
export * from './tlog-policy-text.ts';
export * from './tlog-proof.ts';
export * from './trust-policy.ts';
export * from './verdict.ts';
export * from './verification-cache.ts';
export * from './verifier.ts';
export * from './verifier-key.ts';
