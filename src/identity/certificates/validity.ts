const DAY_MS = 24 * 60 * 60 * 1000; // calendar days do not matter at this scale
/** The offline root outlives two intermediates; it is used once in years. */
const ROOT_DAYS = 7305; // 20 years: replacing it means telling every partner
/** The online authorities are replaced while their predecessors are still valid. */
const AUTHORITY_DAYS = 3652; // 10 years, half of the root's
/** Role certificates are renewed without a person, so they may be short. */
const ROLE_DAYS = 397; // 13 months: the longest that TLS clients take for a server (CA/Browser Forum BR §6.3.2)
/** Clocks of partners differ: a certificate is valid a little before it was made. */
const BACKDATED_MS = 5 * 60 * 1000; // as much as a receipt's time may be off

/** What a certificate is for, as far as its lifetime goes. */
export type CertificateLifetime = 'root' | 'authority' | 'role';

const days: Record<CertificateLifetime, number> = {
  root: ROOT_DAYS,
  authority: AUTHORITY_DAYS,
  role: ROLE_DAYS,
};

/** The validity period of a certificate made now. A certificate must end no later than its issuer's, given as `issuerEnds`. */
export function validity(
  lifetime: CertificateLifetime,
  now: Date,
  issuerEnds?: Date,
): { notBefore: Date; notAfter: Date } {
  const end = now.getTime() + days[lifetime] * DAY_MS;
  return {
    notBefore: new Date(now.getTime() - BACKDATED_MS),
    notAfter: new Date(Math.min(end, issuerEnds?.getTime() ?? end)),
  };
}
