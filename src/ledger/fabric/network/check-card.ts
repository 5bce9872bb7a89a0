import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { NetworkError } from './network-error.ts';
import type { OrganisationCard } from './organisation-card.ts';

const ID = /^[a-z][a-z0-9-]{1,31}$/; // DESIGN §6
const HOST = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i; // RFC 1123 §2.1
const MAX_PORT = 65_535; // TCP
/** An authority and its successor. */
const MAX_AUTHORITIES = 2; // one renewal at a time

const refuse = (why: string): never => {
  throw new NetworkError('network-invalid', `This organisation card is refused: ${why}.`);
};

/** Throws NetworkError `network-invalid` for a name that no certificate and no other machine could use. */
export function assertHost(host: string): void {
  if (!HOST.test(host)) throw new NetworkError('network-invalid', `${host} is no host name or IPv4 address.`);
}

const issued = (certificate: X509Certificate, by: X509Certificate) =>
  certificate.checkIssued(by) && certificate.verify(by.publicKey);

/**
 * Throws NetworkError `network-invalid` unless every certificate of a card chains to the authorities on it and its orderer's are
 * of the organisation and host that it names; something else for what is no certificate at all.
 */
export function assertCard({ version, id, host, ports, authorities, orderer }: OrganisationCard): void {
  if (version !== 1) refuse('it is of another version');
  if (!ID.test(id)) refuse('its id is none');
  if (!HOST.test(host)) refuse('its host is no host name');
  for (const port of [ports.orderer, ports.peer])
    if (!Number.isInteger(port) || port < 1 || port > MAX_PORT) refuse('a port is none');
  const root = new X509Certificate(authorities.root);
  const identity = authorities.identity.map((pem) => new X509Certificate(pem));
  const tls = authorities.tls.map((pem) => new X509Certificate(pem));
  if (identity.length > MAX_AUTHORITIES || tls.length > MAX_AUTHORITIES)
    refuse('it has too many authorities');
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
  const named = isIP(host) === 0 ? server.checkHost(host) : server.checkIP(host);
  if (named === undefined) refuse(`its orderer's TLS certificate is not for ${host}`);
}
