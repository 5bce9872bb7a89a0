import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkFolder } from './network-folder.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { replaceFile } from './write-material.ts';

/** How long a peer tries to reach its chaincode before a proposal fails. */
const DIAL_TIMEOUT = '5s';

/**
 * Writes how an organisation's peer reaches a chaincode package: mutual TLS, both sides certified by the organisation's
 * own TLS authority. The builder's `release` copies it when the package is installed; the copy is replaced as well, since
 * the peer reads it whenever it connects: so certificates and address can change without a new package.
 */
export function writeChaincodeConnection(
  folder: NetworkFolder,
  plan: OrganisationPlan,
  label: string,
  address?: string,
): void {
  const files = folder.organisation(plan.id);
  const own = files.tls('chaincode-client');
  const connection = {
    address: address ?? `localhost:${plan.ports.chaincode}`,
    dial_timeout: DIAL_TIMEOUT,
    tls_required: true,
    client_auth_required: true,
    client_key: readFileSync(join(own, 'key.pem'), 'utf8'),
    client_cert: readFileSync(join(own, 'cert.pem'), 'utf8'),
    root_cert: readFileSync(files.tlsCa, 'utf8'),
  };
  const text = `${JSON.stringify(connection, null, 2)}\n`;
  replaceFile(join(files.chaincode, `${label}.json`), text);
  for (const copy of releasedCopies(files.peerData, label)) replaceFile(copy, text);
}

/** Where the peer keeps what the external builder released for a package (Fabric: core/container/externalbuilder). */
function releasedCopies(peerData: string, label: string): string[] {
  const builds = join(peerData, 'externalbuilder', 'builds');
  if (!existsSync(builds)) return [];
  return readdirSync(builds)
    .filter((name) => name.startsWith(`${label}-`))
    .map((name) => join(builds, name, 'release', 'chaincode', 'server', 'connection.json'))
    .filter(existsSync);
}
