import type { NetworkOverview } from '../../identity/index.ts';
import type { OrganisationCore } from './core.ts';

/** The network's members, and this organisation's keys with their heights, out of the membership that the ledger holds. */
export function networkOverview({ id, view }: OrganisationCore): NetworkOverview {
  return {
    members: view.members().map(({ organisation, status }) => ({ organisation, status })),
    keys: (view.member(id)?.keys ?? []).map(({ use, algorithm, key, from, until }) => ({
      use,
      algorithm,
      key,
      from,
      ...(until === undefined ? {} : { until }),
    })),
  };
}
