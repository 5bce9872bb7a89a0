/** A certificate and its private key (PKCS #8), both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

/** What everyone in a network may know of an organisation: its authorities' certificates, as PEM. */
export interface OrganisationAuthorityCertificates {
  readonly root: string;
  /** The identity authority below the root; during its renewal the next one too. */
  readonly identity: readonly string[];
  readonly tls: readonly string[];
}

/** Holders of identity certificates of one organisation. */
export type IdentityHolder = 'orderer' | 'peer' | 'admin' | 'client';
/** Holders of TLS certificates: one for each server, and what a peer shows to its chaincode. */
export type TlsHolder = 'orderer' | 'peer' | 'chaincode' | 'chaincode-client' | 'operator';

/**
 * What an organisation brings to run its part: everything made by its own authorities (`identity`), so that no one else
 * ever holds a key of it. The authorities' own keys stay where they are.
 */
export interface OrganisationMaterial {
  readonly organisation: string;
  readonly authorities: OrganisationAuthorityCertificates;
  readonly identities: Readonly<Record<IdentityHolder, KeyPair>>;
  readonly tls: Readonly<Record<TlsHolder, KeyPair>>;
}
