import { changeChannel } from './change-channel.ts';
import { type ChannelConfiguration, organisationsIn } from './channel-configuration.ts';
import { channelConfiguration } from './channel-update.ts';
import { writeProfiles } from './connection-profile.ts';
import { withoutConsenter } from './consenters.ts';
import { foremostPlans } from './foremost-plans.ts';
import { withNamedPolicies } from './named-policies.ts';
import type { NetworkContext } from './network-context.ts';
import { writeDescription } from './network-description.ts';
import { NetworkError } from './network-error.ts';
import { withoutOrganisation } from './organisation-groups.ts';
import type { OrganisationPlan } from './organisation-plan.ts';

/** What a suspension came to. */
export interface Suspended {
  readonly context: NetworkContext;
  /** False when too few orderers would be left: its orderer goes on ordering, and nothing else of it counts. */
  readonly isOrdererGone: boolean;
}

/** The configuration in which an organisation neither writes nor endorses; what it orders stays. */
export function configurationWithout(
  configuration: ChannelConfiguration,
  organisation: string,
): ChannelConfiguration {
  return withNamedPolicies(withoutOrganisation(configuration, organisation, 'Application'));
}

/** The configuration in which an organisation's orderer is gone too. Throws NetworkError `orderers-too-few`. */
export function configurationWithoutOrderer(
  configuration: ChannelConfiguration,
  organisation: string,
): ChannelConfiguration {
  const without = withoutOrganisation(withoutConsenter(configuration, organisation), organisation, 'Orderer');
  return withNamedPolicies(without);
}

/**
 * Suspends an organisation on the channel, by a majority of the others: it loses writing and endorsement at once, and its
 * orderer when enough remain. The two are separate updates, so that a suspension never waits for the second. `received` is
 * the one under way as others signed it.
 */
export async function suspendOrganisation(
  context: NetworkContext,
  organisation: string,
  onProgress: (what: string) => void,
  received?: string,
): Promise<Suspended> {
  const { description } = context;
  const hosted = description.hosted.filter((id) => id !== organisation);
  const others = { ...context, description: { ...description, hosted } };
  const [first] = await foremostPlans(others);
  if (first === undefined)
    throw new NetworkError('network-invalid', 'No other member of the network is hosted here.');
  onProgress(`${organisation} loses writing and endorsement`);
  const before = await channelConfiguration(others, first);
  const isWriting = organisationsIn(before, 'Application').includes(organisation);
  if (isWriting) {
    const after = configurationWithout(before, organisation);
    await changeChannel(others, { name: `suspend-${organisation}`, before, after, received });
  }
  const suspended = describe(context, organisation, { isWriting: false });
  const present = await channelConfiguration(others, first);
  let after: ChannelConfiguration;
  try {
    after = configurationWithoutOrderer(present, organisation);
  } catch (error) {
    if (!(error instanceof NetworkError && error.code === 'orderers-too-few')) throw error;
    return { context: suspended, isOrdererGone: false };
  }
  onProgress(`the orderer of ${organisation} leaves`);
  await changeChannel(others, {
    name: `remove-orderer-${organisation}`,
    before: present,
    after,
    // What was received was for the first of the two.
    received: isWriting ? undefined : received,
  });
  return { context: describe(suspended, organisation, { isOrdering: false }), isOrdererGone: true };
}

/** Writes down what an organisation no longer does; nothing for one that this folder never knew. */
function describe(
  context: NetworkContext,
  organisation: string,
  change: Pick<OrganisationPlan, 'isOrdering' | 'isWriting'>,
): NetworkContext {
  const organisations = context.description.organisations.map((plan) =>
    plan.id === organisation ? { ...plan, ...change } : plan,
  );
  const described = { ...context, description: { ...context.description, organisations } };
  writeDescription(described.folder.path, described.description);
  writeProfiles(described);
  return described;
}
