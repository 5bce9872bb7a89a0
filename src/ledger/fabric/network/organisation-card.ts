import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Consenter } from './consenters.ts';
import type { NetworkFolder } from './network-folder.ts';
import type { OrganisationAuthorityCertificates } from './organisation-material.ts';
import { type OrganisationPlan, type OrganisationPorts, portsAt } from './organisation-plan.ts';
import { replaceFile, writeVerifyingMsp } from './write-material.ts';

/** What the others need of an organisation to take it in: where it is reached and its certificates; no private key. */
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
      identity: certificatesIn(join(files.msp, 'intermediatecerts')),
      tls: certificatesIn(join(files.msp, 'tlscacerts')),
    },
    orderer: {
      identity: read(files.identity('orderer'), 'signcerts', 'cert.pem'),
      tls: read(files.tls('orderer'), 'cert.pem'),
    },
  };
}

/** Every certificate of a folder of an MSP: more than one while an authority is renewed. */
function certificatesIn(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** The orderer of a card as a member of the consensus. */
export function consenterOf({ id: msp_id, host, ports, orderer }: OrganisationCard, id: number): Consenter {
  const tls = Buffer.from(orderer.tls).toString('base64');
  const identity = Buffer.from(orderer.identity).toString('base64');
  return { id, host, port: ports.orderer, msp_id, identity, client_tls_cert: tls, server_tls_cert: tls };
}

/** The plan of an organisation on another machine, as its card tells it; a part of Holdfast has its ports in a row. */
export function planFromCard({ id, host, ports }: OrganisationCard, consenter: number): OrganisationPlan {
  return { id, consenter, host, bind: host, ports: { ...portsAt(ports.orderer, 0), peer: ports.peer } };
}

/** Writes what a card tells of an organisation into a network's folder: what its servers are verified with. */
export function writeCard(folder: NetworkFolder, card: OrganisationCard): void {
  const files = folder.organisation(card.id);
  writeVerifyingMsp(files.msp, card.authorities);
  replaceFile(files.tlsCa, card.authorities.tls.join(''));
  replaceFile(join(files.identity('orderer'), 'signcerts', 'cert.pem'), card.orderer.identity);
  replaceFile(join(files.tls('orderer'), 'cert.pem'), card.orderer.tls);
}
