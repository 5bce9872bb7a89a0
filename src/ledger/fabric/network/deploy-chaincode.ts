import { existsSync } from 'node:fs';
import { writeChaincodeConnection } from './chaincode-connection.ts';
import {
  approvalsOf,
  approveDefinition,
  bundleFile,
  commitDefinition,
  committedDefinition,
  installPackage,
  packageFile,
} from './chaincode-lifecycle.ts';
import { type ChaincodePackage, packChaincode } from './chaincode-package.ts';
import { CHAINCODE, writeProfiles } from './connection-profile.ts';
import { until } from './health.ts';
import { hostedPlans, type NetworkContext } from './network-context.ts';
import { type ChaincodeDescription, type ChaincodeProcess, writeDescription } from './network-description.ts';
import { NetworkError } from './network-error.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { replaceFile } from './write-material.ts';

/** Chaincode to run: one bundled file, its version, how its process is started. */
export interface ChaincodeSource {
  readonly semver: string;
  readonly bundle: Uint8Array;
  readonly process?: ChaincodeProcess;
}

const SEEN_WITHIN_MS = 60_000; // a committed definition reaches every peer within a block

/** What a network would run after a deployment: the next definition, or the present one when the code is the same. */
export function nextChaincode(
  { description }: NetworkContext,
  source: ChaincodeSource,
): { chaincode: ChaincodeDescription; packed: ChaincodePackage } {
  const packed = packChaincode({ name: CHAINCODE, semver: source.semver, bundle: source.bundle });
  const { label, packageId, version } = packed;
  const present = description.chaincode;
  const isSame = present?.packageId === packageId;
  const sequence = present === undefined ? 1 : present.sequence + (isSame ? 0 : 1);
  const process = source.process === undefined ? {} : { process: source.process };
  return { chaincode: { name: CHAINCODE, version, label, packageId, sequence, ...process }, packed };
}

/** Writes what the hosted organisations' peers and processes need of a chaincode; gives the context that knows it. */
export function adoptChaincode(context: NetworkContext, source: ChaincodeSource): NetworkContext {
  const { chaincode, packed } = nextChaincode(context, source);
  const file = packageFile(context.folder, packed.label);
  if (!existsSync(file)) replaceFile(file, packed.bytes);
  replaceFile(bundleFile(context.folder, packed.label), source.bundle);
  for (const plan of hostedPlans(context)) writeChaincodeConnection(context.folder, plan, packed.label);
  const next = { ...context, description: { ...context.description, chaincode } };
  writeDescription(context.folder.path, next.description);
  writeProfiles(next);
  return next;
}

/**
 * Installs the adopted chaincode on the hosted peers, approves it for their organisations and commits it once a majority
 * approved; what is done already is not done again. Rejects with NetworkError `majority-missing` when the organisations
 * hosted here are too few: the others approve with `holdfast ledger approve`.
 */
export async function deployChaincode(
  context: NetworkContext,
  onProgress: (what: string) => void,
): Promise<void> {
  const { chaincode } = context.description;
  if (chaincode === undefined)
    throw new NetworkError('network-invalid', 'This network has no chaincode yet.');
  const plans = hostedPlans(context);
  const [first] = plans;
  if (first === undefined) throw new NetworkError('network-invalid', 'No organisation is hosted here.');
  onProgress('installing the chaincode');
  await Promise.all(plans.map((plan) => installPackage(context, plan, chaincode)));
  if (await isCommitted(context, first, chaincode)) return;
  onProgress('approving the chaincode');
  const approvals = await approvalsOf(context, first, chaincode);
  const missing = plans.filter(({ id }) => approvals[id] !== true);
  await Promise.all(missing.map((plan) => approveDefinition(context, plan, chaincode)));
  onProgress('committing the chaincode');
  await commit(context, plans, chaincode);
}

async function isCommitted(
  context: NetworkContext,
  plan: OrganisationPlan,
  chaincode: ChaincodeDescription,
): Promise<boolean> {
  const committed = await committedDefinition(context, plan);
  return committed?.version === chaincode.version && committed.sequence === chaincode.sequence;
}

async function commit(
  context: NetworkContext,
  plans: readonly OrganisationPlan[],
  chaincode: ChaincodeDescription,
): Promise<void> {
  const [first] = plans;
  if (first === undefined) return;
  const approvals = Object.entries(await approvalsOf(context, first, chaincode));
  const approved = approvals.filter(([, is]) => is).length;
  if (approved * 2 <= approvals.length) {
    const waiting = approvals.filter(([, is]) => !is).map(([id]) => id);
    throw new NetworkError(
      'majority-missing',
      `${approved} of ${approvals.length} organisations approved ${chaincode.version}; it takes more than half. Missing: ${waiting.join(', ')}.`,
    );
  }
  await commitDefinition(context, first, chaincode, context.description.organisations);
  const seen = () => Promise.all(plans.map((plan) => isCommitted(context, plan, chaincode)));
  await until(
    async () => (await seen()).every(Boolean),
    SEEN_WITHIN_MS,
    () => 'The committed chaincode did not reach every peer: see holdfast ledger status.',
  );
}
