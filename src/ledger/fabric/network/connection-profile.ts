import { isIP } from 'node:net';
import { join, relative } from 'node:path';
import type { ContinuedLedger } from '../../continuation/continuation.ts';
import type { NetworkContext } from './network-context.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { replaceFile } from './write-material.ts';

/** A server of the network. Paths are relative to the profile's file. */
export interface ProfileServer {
  readonly organisation: string;
  readonly mspId: string;
  readonly endpoint: string;
  /** Name in its TLS certificate. */
  readonly serverName: string;
  /** PEM file of the TLS authorities that vouch for it. */
  readonly tlsCa: string;
}

/** How a node reaches the network: written per organisation as `connection.json`, read when an engine opens. */
export interface ConnectionProfile {
  readonly version: 1;
  readonly organisation: string;
  readonly mspId: string;
  readonly channel: string;
  readonly chaincode: string;
  readonly peers: readonly ProfileServer[];
  /** Index of the organisation's own peer among `peers`. */
  readonly own: number;
  readonly orderers: readonly ProfileServer[];
  readonly client: ProfileIdentity;
  readonly admin: ProfileIdentity;
  /** Block 0, from which the chain of channel configurations is checked. */
  readonly genesis: string;
  /** The approved chaincode, when there is one. */
  readonly chaincodeVersion?: string;
  /** The block and state after which a ledger goes on in the channel. */
  readonly continues?: ContinuedLedger;
}

/** Files of an identity: certificate and PKCS #8 key, PEM. */
export interface ProfileIdentity {
  readonly cert: string;
  readonly key: string;
}

/** Name of the chaincode that every network runs. */
export const CHAINCODE = 'holdfast';

/** The connection profile of one organisation. */
export function connectionProfile(
  { folder, description }: Pick<NetworkContext, 'folder' | 'description'>,
  organisation: string,
): ConnectionProfile {
  const files = folder.organisation(organisation);
  const shown = (path: string) => relative(files.path, path);
  const server = (plan: OrganisationPlan, port: number): ProfileServer => ({
    organisation: plan.id,
    mspId: plan.id,
    endpoint: `${plan.host}:${port}`,
    // TLS to an address takes a name beside it (gRPC in Node): every server certificate has this one.
    serverName: isIP(plan.host) === 0 ? plan.host : 'localhost',
    tlsCa: shown(folder.organisation(plan.id).tlsCa),
  });
  const identity = (holder: string): ProfileIdentity => ({
    cert: shown(join(files.identity(holder), 'signcerts', 'cert.pem')),
    key: shown(join(files.identity(holder), 'keystore', 'key.pem')),
  });
  const { organisations, channel, chaincode, continues } = description;
  return {
    version: 1,
    organisation,
    mspId: organisation,
    channel,
    chaincode: CHAINCODE,
    peers: organisations.map((plan) => server(plan, plan.ports.peer)),
    own: organisations.findIndex(({ id }) => id === organisation),
    orderers: organisations.map((plan) => server(plan, plan.ports.orderer)),
    client: identity('client'),
    admin: identity('admin'),
    genesis: shown(folder.genesis),
    ...(chaincode === undefined ? {} : { chaincodeVersion: chaincode.version }),
    ...(continues === undefined ? {} : { continues }),
  };
}

/** Writes the profiles of the organisations hosted here. */
export function writeProfiles(context: Pick<NetworkContext, 'folder' | 'description'>): void {
  for (const id of context.description.hosted)
    replaceFile(
      context.folder.organisation(id).profile,
      `${JSON.stringify(connectionProfile(context, id), null, 2)}\n`,
    );
}
