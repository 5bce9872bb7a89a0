import { X509Certificate } from 'node:crypto';
import { type ChannelConfiguration, type Section, section } from '../channel-configuration.ts';
import { type Consenter, consentersOf } from '../consenters.ts';
import type { OrganisationCard } from '../organisation-card.ts';
import { authoritiesIn } from '../organisation-groups.ts';
import type { OrganisationAuthorityCertificates } from '../organisation-material.ts';
import type { Drift } from './drift.ts';

/** What an organisation handed over, and whether its processes run here. */
export interface KnownCard {
  readonly card: OrganisationCard;
  /** Then the very certificates are known; another machine may have renewed its own meanwhile. */
  readonly isHosted: boolean;
}

/** Where certificates and addresses in the channel are not those of the organisations' own cards. */
export function cardDrift(
  configuration: ChannelConfiguration,
  cards: readonly KnownCard[],
): readonly Drift[] {
  return cards.flatMap((known) => [
    ...authorityDrift(configuration, known.card),
    ...consentersOf(configuration)
      .filter(({ msp_id }) => msp_id === known.card.id)
      .flatMap((consenter) => ordererDrift(consenter, known)),
  ]);
}

function authorityDrift(configuration: ChannelConfiguration, card: OrganisationCard): Drift[] {
  const differs = (['Application', 'Orderer'] as const).filter((name) => isOther(configuration, card, name));
  if (differs.length === 0) return [];
  const where = differs
    .map((name) => (name === 'Application' ? 'for writing' : 'for ordering'))
    .join(' and ');
  return [
    {
      code: 'authorities-differ',
      organisation: card.id,
      what: `The channel trusts other authorities of ${card.id} ${where} than ${card.id} handed over.`,
      mend: `holdfast ledger rotate --org ${card.id}`,
    },
  ];
}

function isOther(configuration: ChannelConfiguration, card: OrganisationCard, name: Section): boolean {
  const group = section(configuration, name).groups[card.id];
  if (group === undefined) return false;
  const present = authoritiesIn(group);
  return present === undefined || !isSame(present, card.authorities);
}

function isSame(a: OrganisationAuthorityCertificates, b: OrganisationAuthorityCertificates): boolean {
  return (
    same([a.root], [b.root]) &&
    // During a renewal the channel trusts the old and the new identity authority.
    b.identity.every((each) => fingerprints(a.identity).includes(fingerprint(each))) &&
    same(a.tls, b.tls)
  );
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify(fingerprints(a)) === JSON.stringify(fingerprints(b));
}

function fingerprints(certificates: readonly string[]): string[] {
  return certificates.map(fingerprint).sort();
}

function fingerprint(certificate: string): string {
  return new X509Certificate(certificate).fingerprint256;
}

function ordererDrift(consenter: Consenter, { card, isHosted }: KnownCard): Drift[] {
  const { id, host, ports, orderer, authorities } = card;
  const isOwn = (present: string, own: string, by: readonly string[]) =>
    isHosted ? isSameCertificate(present, own) : isIssued(present, by);
  const differences = [
    ...(consenter.host === host && consenter.port === ports.orderer
      ? []
      : [`the address ${consenter.host}:${consenter.port} in place of ${host}:${ports.orderer}`]),
    ...(isOwn(consenter.identity, orderer.identity, authorities.identity)
      ? []
      : ['another identity certificate']),
    ...(isOwn(consenter.server_tls_cert, orderer.tls, authorities.tls) ? [] : ['another TLS certificate']),
  ];
  if (differences.length === 0) return [];
  return [
    {
      code: 'orderer-differs',
      organisation: id,
      what: `The consensus has ${differences.join(' and ')} of the orderer of ${id}.`,
      mend: `holdfast ledger rotate --org ${id}`,
    },
  ];
}

function isSameCertificate(encoded: string, own: string): boolean {
  return certificateOf(encoded).fingerprint256 === fingerprint(own);
}

function isIssued(encoded: string, authorities: readonly string[]): boolean {
  const present = certificateOf(encoded);
  return authorities.some((each) => present.verify(new X509Certificate(each).publicKey));
}

function certificateOf(encoded: string): X509Certificate {
  return new X509Certificate(Buffer.from(encoded, 'base64'));
}
