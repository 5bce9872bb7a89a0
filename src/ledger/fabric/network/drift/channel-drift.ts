import { existsSync } from 'node:fs';
import { changeChannel } from '../change-channel.ts';
import { channelConfiguration } from '../channel-update.ts';
import { foremostPlans } from '../foremost-plans.ts';
import type { NetworkContext } from '../network-context.ts';
import { NetworkError } from '../network-error.ts';
import { organisationCard } from '../organisation-card.ts';
import { configurationDrift } from './configuration-drift.ts';
import type { Drift } from './drift.ts';
import type { AgreedMember } from './member-drift.ts';
import { withAgreedPolicies } from './policy-drift.ts';

/** The channel's configuration from the hosted peer that has most blocks, or the next one when it does not answer. */
export async function configurationFromAny(context: NetworkContext) {
  let last: unknown = new NetworkError('network-invalid', 'No organisation is hosted here.');
  for (const plan of await foremostPlans(context)) {
    try {
      return await channelConfiguration(context, plan);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

/**
 * Every difference between the channel of a running network and what was agreed: `members` as `membership` has them
 * (undefined while the ledger has not begun), certificates as this folder has them of each organisation.
 */
export async function channelDrift(
  context: NetworkContext,
  members: readonly AgreedMember[] | undefined,
): Promise<Drift[]> {
  const { description, folder } = context;
  const known = description.organisations.filter(({ id }) => existsSync(folder.organisation(id).msp));
  const cards = known.map((plan) => ({
    card: organisationCard(folder, plan),
    isHosted: description.hosted.includes(plan.id),
  }));
  return configurationDrift(await configurationFromAny(context), { members, cards });
}

/** Sets the channel's policies back to what was agreed, signed by a majority; `received` as others signed it. False when they were. Rejects as `changeChannel`. */
export async function mendPolicies(context: NetworkContext, received?: string): Promise<boolean> {
  const before = await configurationFromAny(context);
  return changeChannel(context, {
    name: 'mend-policies',
    before,
    after: withAgreedPolicies(before),
    received,
  });
}
