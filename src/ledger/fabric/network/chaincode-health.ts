import { join } from 'node:path';
import { CHAINCODE } from './connection-profile.ts';
import { until } from './health.ts';
import { type NetworkContext, peerCommand } from './network-context.ts';
import type { ChaincodeDescription } from './network-description.ts';
import { chaincodeSlot, type OrganisationPlan } from './organisation-plan.ts';
import { logTail } from './supervised-process.ts';

const ANSWERS_WITHIN_MS = 60_000; // a peer tries its chaincode again every few seconds
/** A question that every Holdfast chaincode answers with the version of its code. */
const ABOUT = JSON.stringify({ Args: ['about'] });

/** Waits until an organisation's peer gets an answer of the approved code from its chaincode. */
export function untilChaincodeAnswers(
  context: NetworkContext,
  plan: OrganisationPlan,
  chaincode: ChaincodeDescription,
): Promise<void> {
  const { name } = chaincodeSlot(plan, chaincode.sequence);
  const log = join(context.folder.logs, `${name}.${plan.id}.log`);
  const why = () =>
    `The chaincode of ${plan.id} does not answer its peer. Its log ${log} ends: ${logTail(log)}`;
  return until(() => answers(context, plan, chaincode.version), ANSWERS_WITHIN_MS, why);
}

/** True when an organisation's peer gets an answer of this version of the code. */
export async function answers(
  context: NetworkContext,
  plan: OrganisationPlan,
  version: string,
): Promise<boolean> {
  const channel = ['--channelID', context.description.channel, '--name', CHAINCODE];
  try {
    const { stdout } = await peerCommand(context, plan, ['chaincode', 'query', ...channel, '--ctor', ABOUT]);
    return (JSON.parse(stdout) as { version?: string }).version === version;
  } catch {
    return false;
  }
}
