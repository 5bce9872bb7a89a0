import {
  addLocalOrganisation,
  adoptChaincode,
  deployChaincode,
  type NetworkContext,
  type Suspended,
  suspendOrganisation,
} from '../../ledger/index.ts';
import { authoritiesOf, chaincodeSource, type LedgerOrganisation } from './open-ledger-network.ts';
import { issueMaterial } from './organisation-material.ts';
import { requireAgreed } from './require-agreed.ts';

/** An operation on one organisation of a running network. */
export interface LedgerOperation {
  readonly context: NetworkContext;
  readonly organisation: LedgerOrganisation;
  readonly passphrase: () => string;
  readonly onProgress: (what: string) => void;
}

/** New keys and certificates from the organisation's own authorities. */
export async function freshMaterial({ context, organisation, passphrase }: LedgerOperation, host: string) {
  const now = new Date();
  const from = { path: context.folder.path, organisations: [organisation], passphrase };
  const authorities = await authoritiesOf(from, organisation.id, now);
  return issueMaterial(authorities, { organisation: organisation.id, hosts: [host], now });
}

/** Adds an organisation on this machine to a running network, once `membership` admitted it. Rejects with NetworkError `not-agreed` before, and as `addLocalOrganisation`. */
export async function addLedgerOrganisation(operation: LedgerOperation): Promise<NetworkContext> {
  const { context, organisation, onProgress } = operation;
  onProgress(`asking membership whether it admitted ${organisation.id}`);
  await requireAgreed(context, 'join', organisation.id);
  return addLocalOrganisation(context, {
    organisation: organisation.id,
    material: (plan) => freshMaterial(operation, plan.host),
    onProgress,
  });
}

/** Takes writing and endorsement from an organisation, once `membership` suspended it. Rejects with NetworkError `not-agreed` before, and as `suspendOrganisation`. */
export async function suspendLedgerOrganisation(
  { context, organisation, onProgress }: Pick<LedgerOperation, 'context' | 'organisation' | 'onProgress'>,
  received?: string,
): Promise<Suspended> {
  onProgress(`asking membership whether it suspended ${organisation.id}`);
  await requireAgreed(context, 'suspend', organisation.id);
  return suspendOrganisation(context, organisation.id, onProgress, received);
}

/** Brings another chaincode to a running network: approved by the organisations here, committed by a majority. */
export function upgradeLedgerChaincode(
  context: NetworkContext,
  file: string | undefined,
  onProgress: (what: string) => void,
): Promise<NetworkContext> {
  return deployChaincode(adoptChaincode(context, chaincodeSource(file)), onProgress);
}
