import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Consenter } from './consenters.ts';
import { NetworkError } from './network-error.ts';
import type { NetworkFolder } from './network-folder.ts';
import type { OrganisationAuthorityCertificates } from './organisation-material.ts';
import type { OrganisationPlan, OrganisationPorts } from './organisation-plan.ts';
import { replaceFile, writeVerifyingMsp } from './write-material.ts';

/**
 * What an organisation gives the others so that they take it in: where it is reached and its certificates; no key. It is
 * handed over by a person, who tells the fingerprint of its root on another way.
 */
export interface OrganisationCard {
  readonly version: 1;
  readonly id: string;
  readonly host: string;
  readonly ports: Pick<OrganisationPorts, 'orderer' | 'peer'>;
  readonly authorities: OrganisationAuthorityCertificates;
  /** Certificates of its orderer, PEM. */
  readonly orderer: { readonly identity: string; readonly tls: string };
}

/** The card of an organisation whose material lies in a network's folder. */
export function organisationCard(folder: NetworkFolder, plan: OrganisationPlan): OrganisationCard {
  const files = folder.organisation(plan.id);
  const read = (...path: string[]) => readFileSync(join(...path), 'utf8');
  return {
    version: 1,
    id: plan.id,
    host: plan.host,
    ports: { orderer: plan.ports.orderer, peer: plan.ports.peer },
    authorities: {
      root: read(files.msp, 'cacerts', 'root.pem'),
      identity: [read(files.msp, 'intermediatecerts', 'identity-0.pem')],
      tls: [read(files.msp, 'tlscacerts', 'tls-0.pem')],
    },
    orderer: {
      identity: read(files.identity('orderer'), 'signcerts', 'cert.pem'),
      tls: read(files.tls('orderer'), 'cert.pem'),
    },
  };
}

/** The orderer of a card as a member of the consensus. */
export function consenterOf({ id: msp_id, host, ports, orderer }: OrganisationCard, id: number): Consenter {
  const tls = Buffer.from(orderer.tls).toString('base64');
  const identity = Buffer.from(orderer.identity).toString('base64');
  return { id, host, port: ports.orderer, msp_id, identity, client_tls_cert: tls, server_tls_cert: tls };
}

/** Fingerprint of the root by which two people compare cards: SHA-256 of the certificate. */
export function cardFingerprint({ authorities }: OrganisationCard): string {
  return new X509Certificate(authorities.root).fingerprint256;
}

const ID = /^[a-z][a-z0-9-]{1,31}$/; // DESIGN §6
const HOST = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i; // RFC 1123 §2.1
const MAX_PORT = 65_535; // TCP

/**
 * Reads a card that someone else wrote. Throws NetworkError `network-invalid` unless every certificate chains to the
 * authorities on the card and the orderer's are of the organisation it names.
 */
export function parseCard(text: string): OrganisationCard {
  let card: OrganisationCard;
  try {
    card = JSON.parse(text) as OrganisationCard;
    assertCard(card);
  } catch (cause) {
    if (cause instanceof NetworkError) throw cause;
    throw new NetworkError(
      'network-invalid',
      'This is no organisation card: ask for the file that holdfast ledger card wrote.',
      { cause },
    );
  }
  return card;
}

function assertCard({ version, id, host, ports, authorities, orderer }: OrganisationCard): void {
  const refuse = (why: string): never => {
    throw new NetworkError('network-invalid', `This organisation card is refused: ${why}.`);
  };
  if (version !== 1) refuse('it is of another version');
  if (!ID.test(id)) refuse('its id is none');
  if (!HOST.test(host)) refuse('its host is no host name');
  for (const port of [ports.orderer, ports.peer])
    if (!Number.isInteger(port) || port < 1 || port > MAX_PORT) refuse('a port is none');
  const root = new X509Certificate(authorities.root);
  const identity = authorities.identity.map((pem) => new X509Certificate(pem));
  const tls = authorities.tls.map((pem) => new X509Certificate(pem));
  const issued = (certificate: X509Certificate, by: X509Certificate) =>
    certificate.checkIssued(by) && certificate.verify(by.publicKey);
  if (!issued(root, root) || !root.ca) refuse('its root did not sign itself');
  if (identity.length === 0 || !identity.every((each) => each.ca && issued(each, root)))
    refuse('its identity authority is not below its root');
  if (tls.length === 0 || !tls.every((each) => each.ca && issued(each, each)))
    refuse('its TLS authority did not sign itself');
  const own = new X509Certificate(orderer.identity);
  if (!identity.some((each) => issued(own, each)))
    refuse("its orderer's certificate is of another authority");
  if (!/^OU=orderer$/m.test(own.subject) || !own.subject.split('\n').includes(`O=${id}`))
    refuse("its orderer's certificate names another organisation or role");
  const server = new X509Certificate(orderer.tls);
  if (!tls.some((each) => issued(server, each)))
    refuse("its orderer's TLS certificate is of another authority");
  if (server.checkHost(host) === undefined) refuse(`its orderer's TLS certificate is not for ${host}`);
}

/** Writes what a card tells of an organisation into a network's folder: what its servers are verified with. */
export function writeCard(folder: NetworkFolder, card: OrganisationCard): void {
  const files = folder.organisation(card.id);
  writeVerifyingMsp(files.msp, card.authorities);
  replaceFile(files.tlsCa, card.authorities.tls.join(''));
  replaceFile(join(files.identity('orderer'), 'signcerts', 'cert.pem'), card.orderer.identity);
  replaceFile(join(files.tls('orderer'), 'cert.pem'), card.orderer.tls);
}
