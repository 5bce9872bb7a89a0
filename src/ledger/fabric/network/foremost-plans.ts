import { hostedPlans, type NetworkContext } from './network-context.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { blockHeight } from './process-metrics.ts';

/**
 * The organisations hosted here, those whose peers have most blocks first: whoever asks the first hears the newest. A suspended
 * organisation's peer still answers, and what it says ends with its suspension.
 */
export async function foremostPlans(
  context: Pick<NetworkContext, 'description'>,
): Promise<OrganisationPlan[]> {
  const heights = await Promise.all(
    hostedPlans(context).map(async (plan) => ({ plan, height: (await blockHeight(plan)) ?? -1 })),
  );
  return heights.sort((a, b) => b.height - a.height).map(({ plan }) => plan);
}
