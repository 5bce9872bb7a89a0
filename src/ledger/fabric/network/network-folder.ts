import { join } from 'node:path';

/** Owner only: keys lie below. */
export const FOLDER_MODE = 0o700;
/** Owner only, for every file with a key. */
export const FILE_MODE = 0o600;

/** Files of one organisation's part of a network. */
export interface OrganisationFiles {
  readonly path: string;
  /** The verifying MSP: certificates alone, what others are given. */
  readonly msp: string;
  /** Signing MSP folder of an identity. */
  readonly identity: (holder: string) => string;
  /** Folder of a TLS holder: `cert.pem`, `key.pem`. */
  readonly tls: (holder: string) => string;
  /** All TLS authorities of the organisation. */
  readonly tlsCa: string;
  readonly peer: string;
  readonly peerData: string;
  readonly orderer: string;
  readonly ordererData: string;
  /** Connection of the peer to each chaincode package, by label. */
  readonly chaincode: string;
  readonly profile: string;
}

/** Files of a network's folder. */
export interface NetworkFolder {
  readonly path: string;
  readonly description: string;
  readonly genesis: string;
  readonly logs: string;
  readonly run: string;
  readonly work: string;
  /** The external builder, copied here so that peers find it wherever the package moves. */
  readonly builder: string;
  /** Chaincode packages and the bundles inside, by label. */
  readonly packages: string;
  readonly organisation: (id: string) => OrganisationFiles;
}

/** Paths below a network's folder, whether they are there or not; makes nothing. */
export function networkFolder(path: string): NetworkFolder {
  return {
    path,
    description: join(path, 'network.json'),
    genesis: join(path, 'genesis.block'),
    logs: join(path, 'logs'),
    run: join(path, 'run'),
    work: join(path, 'work'),
    builder: join(path, 'builder'),
    packages: join(path, 'packages'),
    organisation: (id) => organisationFiles(join(path, 'organisations', id)),
  };
}

function organisationFiles(path: string): OrganisationFiles {
  return {
    path,
    msp: join(path, 'msp'),
    identity: (holder) => join(path, 'identities', holder, 'msp'),
    tls: (holder) => join(path, 'tls', holder),
    tlsCa: join(path, 'tls', 'ca.pem'),
    peer: join(path, 'peer'),
    peerData: join(path, 'peer', 'data'),
    orderer: join(path, 'orderer'),
    ordererData: join(path, 'orderer', 'data'),
    chaincode: join(path, 'chaincode'),
    profile: join(path, 'connection.json'),
  };
}
