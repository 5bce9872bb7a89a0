import { type ChannelConfiguration, organisationsIn } from './channel-configuration.ts';
import { channelConfiguration, prepareUpdate, submitUpdate } from './channel-update.ts';
import { writeProfiles } from './connection-profile.ts';
import { consentersOf, withoutConsenter } from './consenters.ts';
import { hostedPlans, type NetworkContext, planOf } from './network-context.ts';
import { writeDescription } from './network-description.ts';
import { NetworkError } from './network-error.ts';
import { withoutOrganisation } from './organisation-groups.ts';

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
  return withoutOrganisation(configuration, organisation, 'Application');
}

/** The configuration in which an organisation's orderer is gone too. Throws NetworkError `orderers-too-few`. */
export function configurationWithoutOrderer(
  configuration: ChannelConfiguration,
  organisation: string,
): ChannelConfiguration {
  return withoutOrganisation(withoutConsenter(configuration, organisation), organisation, 'Orderer');
}

/**
 * Suspends an organisation on the channel, by a majority of the others: it loses writing and endorsement at once, and its
 * orderer when enough remain. The two are separate updates, so that a suspension never waits for the second.
 */
export async function suspendOrganisation(
  context: NetworkContext,
  organisation: string,
  onProgress: (what: string) => void,
): Promise<Suspended> {
  planOf(context, organisation);
  const others = {
    ...context,
    description: {
      ...context.description,
      hosted: context.description.hosted.filter((id) => id !== organisation),
    },
  };
  const [first] = hostedPlans(others);
  if (first === undefined)
    throw new NetworkError('network-invalid', 'No other member of the network is hosted here.');
  onProgress(`${organisation} loses writing and endorsement`);
  const before = await channelConfiguration(others, first);
  if (organisationsIn(before, 'Application').includes(organisation)) {
    const update = await prepareUpdate(
      others,
      before,
      configurationWithout(before, organisation),
      `suspend-${organisation}`,
    );
    if (update !== undefined) await submitUpdate(others, update, before);
  }
  const present = await channelConfiguration(others, first);
  let after: ChannelConfiguration;
  try {
    after = configurationWithoutOrderer(present, organisation);
  } catch (error) {
    if (!(error instanceof NetworkError && error.code === 'orderers-too-few')) throw error;
    return { context, isOrdererGone: false };
  }
  onProgress(`the orderer of ${organisation} leaves`);
  const update = await prepareUpdate(others, present, after, `remove-orderer-${organisation}`);
  if (update !== undefined) await submitUpdate(others, update, present);
  const organisations = context.description.organisations.map((plan) =>
    plan.id === organisation ? { ...plan, isOrdering: false } : plan,
  );
  const next = { ...context, description: { ...context.description, organisations } };
  writeDescription(next.folder.path, next.description);
  writeProfiles(next);
  return { context: next, isOrdererGone: true };
}

/** True while an organisation's orderer takes part in the consensus. */
export function isConsenter(configuration: ChannelConfiguration, organisation: string): boolean {
  return consentersOf(configuration).some(({ msp_id }) => msp_id === organisation);
}
