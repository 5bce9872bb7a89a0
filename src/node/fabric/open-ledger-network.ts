import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  adoptChaincode,
  type ChaincodeSource,
  type ContinuedLedger,
  createNetwork,
  type FabricBinaries,
  fabricBinaries,
  localPlans,
  type NetworkContext,
  networkContext,
  type OrganisationPlan,
  readDescription,
} from '../../ledger/index.ts';
import { NodeError } from '../errors.ts';
import { VERSION } from '../version.ts';
import { makeOrganisationAuthorities, organisationAuthorities } from './organisation-authorities.ts';
import { issueMaterial, type SigningAuthorities } from './organisation-material.ts';
import { shippedParts } from './shipped-parts.ts';

/** An organisation that takes part, and the Holdfast data folder whose authorities certify its processes. */
export interface LedgerOrganisation {
  readonly id: string;
  /** Absent: a folder below the network's is made. */
  readonly data?: string;
}

/** What making or opening a network needs. */
export interface LedgerNetworkRequest {
  /** The network's folder. */
  readonly path: string;
  readonly organisations: readonly LedgerOrganisation[];
  readonly basePort: number;
  /** Loopback address that its processes listen at; 127.0.0.1 when left out. */
  readonly bind?: string | undefined;
  /** The block and state after which a ledger goes on in the network; a ledger begins in it when left out. */
  readonly continues?: ContinuedLedger;
  /** How long a block of a new channel waits for transactions, in milliseconds; 100 when left out. */
  readonly blockMs?: number | undefined;
  /** Official binaries in place of built ones. */
  readonly binaries?: string | undefined;
  /** Another bundle than the shipped one. */
  readonly chaincode?: string | undefined;
  /** Asked for only when keys are to be made. */
  readonly passphrase: () => string;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (what: string) => void;
}

/** Fabric's programs for a network: those it was made with, else those named, else built. */
export function networkBinaries(
  path: string,
  request: Pick<LedgerNetworkRequest, 'binaries' | 'environment' | 'onProgress'>,
): Promise<FabricBinaries> {
  const { binaries, environment, onProgress } = request;
  const remembered = existsSync(join(path, 'network.json')) ? readDescription(path).binaries : undefined;
  const { toolsModule } = shippedParts();
  return fabricBinaries({ toolsModule, binaries: binaries ?? remembered, environment, onProgress });
}

/** A network that is there, ready for its commands. Rejects with NetworkError `network-missing`. */
export async function openLedgerNetwork(
  path: string,
  request: Pick<LedgerNetworkRequest, 'binaries' | 'environment' | 'onProgress'>,
): Promise<NetworkContext> {
  const description = readDescription(path);
  return networkContext(path, description, await networkBinaries(path, request));
}

/** The chaincode to run: one file, in this program's version, run by this very Node. Throws NodeError `input-unusable`. */
export function chaincodeSource(file: string | undefined): ChaincodeSource {
  const bundle = file ?? shippedParts().chaincodeBundle;
  if (!existsSync(bundle)) {
    const what = `${bundle} is missing: run npm run build in a checkout, or name a bundle with --chaincode.`;
    throw new NodeError('input-unusable', `The chaincode ${what}`);
  }
  return { semver: VERSION, bundle: readFileSync(bundle), process: { program: process.execPath, args: [] } };
}

/** Makes a network's folder with its chaincode, or opens the one that is there, whose approved chaincode stays. */
export async function prepareLedgerNetwork(request: LedgerNetworkRequest): Promise<NetworkContext> {
  const { path, organisations, basePort, bind, continues, blockMs, binaries, onProgress } = request;
  const found = await networkBinaries(path, request);
  onProgress('preparing keys and configuration');
  const context = await createNetwork({
    path,
    binaries: found,
    ...(binaries === undefined ? {} : { binariesFolder: binaries }),
    ...(continues === undefined ? {} : { continues }),
    blockMs,
    builder: shippedParts().builder,
    plans: localPlans(
      organisations.map(({ id }) => id),
      basePort,
      bind,
    ),
    material: (plan) => materialOf(request, plan),
  });
  if (context.description.chaincode !== undefined) return context;
  return adoptChaincode(context, chaincodeSource(request.chaincode));
}

async function materialOf(request: LedgerNetworkRequest, plan: OrganisationPlan) {
  const now = new Date();
  const authorities = await authoritiesOf(request, plan.id, now);
  return issueMaterial(authorities, { organisation: plan.id, hosts: [plan.host], now });
}

/** Authorities of an organisation: of its data folder when one is named, else made below the network's. */
export async function authoritiesOf(
  { path, organisations, passphrase }: Pick<LedgerNetworkRequest, 'path' | 'organisations' | 'passphrase'>,
  organisation: string,
  now: Date,
): Promise<SigningAuthorities> {
  const data = organisations.find(({ id }) => id === organisation)?.data;
  if (data !== undefined) return organisationAuthorities(data, organisation, passphrase());
  return makeOrganisationAuthorities(join(path, 'authorities'), organisation, passphrase(), now);
}
