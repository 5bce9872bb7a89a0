import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { writeChaincodeConnection } from './chaincode-connection.ts';
import { answers, untilChaincodeAnswers } from './chaincode-health.ts';
import {
  approvalsOf,
  approveDefinition,
  bundleFile,
  commitDefinition,
  committedDefinition,
  installPackage,
  packageFile,
} from './chaincode-lifecycle.ts';
import { packChaincode } from './chaincode-package.ts';
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

const LOOK_MS = 1_000; // other operators take minutes
const SEEN_WITHIN_MS = 60_000; // a committed definition reaches every peer within a block

/**
 * Writes what the hosted organisations' peers and processes need of a chaincode: the first of a network as what is to run,
 * another as the next, which runs beside it until it is committed. The same code again changes nothing.
 */
export function adoptChaincode(context: NetworkContext, source: ChaincodeSource): NetworkContext {
  const { chaincode: present, next } = context.description;
  const { label, packageId, version, bytes } = packChaincode({ name: CHAINCODE, ...source });
  if ([present, next].some((each) => each?.packageId === packageId)) return context;
  const adopted: ChaincodeDescription = {
    ...{ name: CHAINCODE, version, label, packageId, sequence: (present?.sequence ?? 0) + 1 },
    ...(source.process === undefined ? {} : { process: source.process }),
  };
  const file = packageFile(context.folder, label);
  if (!existsSync(file)) replaceFile(file, bytes);
  replaceFile(bundleFile(context.folder, label), source.bundle);
  for (const plan of hostedPlans(context)) writeChaincodeConnection(context.folder, plan, adopted);
  return describe(context, present === undefined ? { chaincode: adopted } : { next: adopted });
}

function describe(context: NetworkContext, change: object): NetworkContext {
  const described = { ...context, description: { ...context.description, ...change } };
  writeDescription(described.folder.path, described.description);
  writeProfiles(described);
  return described;
}

/**
 * Installs the adopted chaincode on the hosted peers, approves it for their organisations and commits it once a majority
 * approved; then it is the present one. What is done already is not done again. Rejects with NetworkError
 * `majority-missing` when the organisations hosted here are too few and the others, who run the same command, have not approved
 * it within `othersWithinMs`.
 */
export async function deployChaincode(
  context: NetworkContext,
  onProgress: (what: string) => void,
  othersWithinMs = 0,
): Promise<NetworkContext> {
  const chaincode = context.description.next ?? context.description.chaincode;
  if (chaincode === undefined)
    throw new NetworkError('network-invalid', 'This network has no chaincode yet.');
  const plans = hostedPlans(context);
  const [first] = plans;
  if (first === undefined) throw new NetworkError('network-invalid', 'No organisation is hosted here.');
  onProgress('installing the chaincode');
  await Promise.all(plans.map((plan) => installPackage(context, plan, chaincode)));
  if (await isCommitted(context, first, chaincode)) await approveLate(context, plans, chaincode);
  else await approveAndCommit(context, plans, chaincode, onProgress, othersWithinMs);
  if (chaincode.process !== undefined) {
    onProgress('waiting for the chaincode');
    await Promise.all(plans.map((plan) => untilChaincodeAnswers(context, plan, chaincode)));
  }
  if (context.description.next === undefined) return context;
  const { next: _committed, ...rest } = context.description;
  return describe({ ...context, description: rest }, { chaincode });
}

/**
 * Approves what others committed already: a peer finds the package of a committed definition by its own organisation's approval alone
 * (Fabric: `approveformyorg`, "package ID"), and until then it can neither run the code nor endorse.
 */
async function approveLate(
  context: NetworkContext,
  plans: readonly OrganisationPlan[],
  chaincode: ChaincodeDescription,
): Promise<void> {
  await Promise.all(
    plans.map(async (plan) => {
      if (!(await answers(context, plan, chaincode.version)))
        await approveDefinition(context, plan, chaincode);
    }),
  );
}

async function approveAndCommit(
  context: NetworkContext,
  plans: readonly OrganisationPlan[],
  chaincode: ChaincodeDescription,
  onProgress: (what: string) => void,
  othersWithinMs: number,
): Promise<void> {
  const [first] = plans;
  if (first === undefined) return;
  onProgress('approving the chaincode');
  const before = await approvalsOf(context, first, chaincode);
  const missing = plans.filter(({ id }) => before[id] !== true);
  await Promise.all(missing.map((plan) => approveDefinition(context, plan, chaincode)));
  const approved = await untilMajority(context, first, chaincode, onProgress, othersWithinMs);
  if (approved !== undefined) {
    onProgress('committing the chaincode');
    const endorsers = context.description.organisations.filter(({ id }) => approved.includes(id));
    // Another organisation that saw the majority at the same time may have been faster.
    await commitDefinition(context, first, chaincode, endorsers).catch(async (error: unknown) => {
      if (!(await isCommitted(context, first, chaincode))) throw error;
    });
  }
  const seen = () => Promise.all(plans.map((plan) => isCommitted(context, plan, chaincode)));
  await until(
    async () => (await seen()).every(Boolean),
    SEEN_WITHIN_MS,
    () => 'The committed chaincode did not reach every peer: see holdfast ledger status.',
  );
}

/** Organisations that approved, once they are more than half; undefined when another has committed it meanwhile. */
async function untilMajority(
  context: NetworkContext,
  plan: OrganisationPlan,
  chaincode: ChaincodeDescription,
  onProgress: (what: string) => void,
  withinMs: number,
): Promise<string[] | undefined> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    if (await isCommitted(context, plan, chaincode)) return undefined;
    const approvals = Object.entries(await approvalsOf(context, plan, chaincode));
    const approved = approvals.filter(([, is]) => is).map(([id]) => id);
    if (approved.length * 2 > approvals.length) return approved;
    const waiting = approvals.filter(([, is]) => !is).map(([id]) => id);
    if (performance.now() >= deadline)
      throw new NetworkError(
        'majority-missing',
        `${approved.length} of ${approvals.length} organisations approved ${chaincode.version}; it takes more than half. Missing: ${waiting.join(', ')}.`,
      );
    onProgress(`waiting for more of ${waiting.join(', ')} to approve the chaincode`);
    await pause(LOOK_MS);
  }
}

async function isCommitted(
  context: NetworkContext,
  plan: OrganisationPlan,
  chaincode: ChaincodeDescription,
): Promise<boolean> {
  const committed = await committedDefinition(context, plan);
  return committed?.version === chaincode.version && committed.sequence === chaincode.sequence;
}
