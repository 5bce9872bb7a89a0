import { existsSync, readFileSync } from 'node:fs';
import type { ContinuedLedger } from '../../continuation/continuation.ts';
import { NetworkError } from './network-error.ts';
import { networkFolder } from './network-folder.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { replaceFile } from './write-material.ts';

/** The chaincode that runs on a network, as its organisations approve it. */
export interface ChaincodeDescription {
  readonly name: string;
  /** `<semver>+<bundle hash>`: approving a definition is approving code. */
  readonly version: string;
  /** Label of the package, which is also part of its id. */
  readonly label: string;
  readonly packageId: string;
  /** Counts definitions of this name on this channel, from 1. */
  readonly sequence: number;
  /** How an organisation's own process is started; absent: the operator runs it elsewhere. */
  readonly process?: ChaincodeProcess;
}

/** A chaincode process: what runs the bundle. Address, package id and TLS files come to it by its environment. */
export interface ChaincodeProcess {
  /** The program, usually Node itself. */
  readonly program: string;
  /** Arguments before the bundle's file. */
  readonly args: readonly string[];
}

/** A network's folder in words: who is in it, what of it runs here, with which programs. */
export interface NetworkDescription {
  readonly version: 1;
  readonly channel: string;
  /** Every organisation known, in the order in which they joined. */
  readonly organisations: readonly OrganisationPlan[];
  /** Those whose processes run on this machine. */
  readonly hosted: readonly string[];
  /** Those of them whose processes are to stand still for a moment. */
  readonly paused?: readonly string[];
  /** A folder of official binaries; absent: those of the cache. */
  readonly binaries?: string;
  readonly chaincode?: ChaincodeDescription;
  /** The block and state after which a ledger goes on in this network; absent where it begins in it. */
  readonly continues?: ContinuedLedger;
  /** Chaincode that is being approved: it runs beside the present one until a majority commits it. */
  readonly next?: ChaincodeDescription;
}

/** Reads a network's description. Throws NetworkError `network-missing` or `network-invalid`. */
export function readDescription(path: string): NetworkDescription {
  const file = networkFolder(path).description;
  if (!existsSync(file))
    throw new NetworkError(
      'network-missing',
      `${path} holds no network: make one with holdfast ledger up --data ${path}.`,
    );
  let parsed: Partial<NetworkDescription>;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8')) as Partial<NetworkDescription>;
  } catch (cause) {
    throw new NetworkError('network-invalid', `${file} is no JSON: restore it from a backup.`, { cause });
  }
  const { version, channel, organisations, hosted } = parsed;
  if (version !== 1 || channel === undefined || !Array.isArray(organisations) || !Array.isArray(hosted))
    throw new NetworkError(
      'network-invalid',
      `${file} describes no network of this version: restore it from a backup.`,
    );
  return { ...parsed, version, channel, organisations, hosted };
}

/** Writes a network's description as one step. */
export function writeDescription(path: string, description: NetworkDescription): void {
  replaceFile(networkFolder(path).description, `${JSON.stringify(description, null, 2)}\n`);
}
