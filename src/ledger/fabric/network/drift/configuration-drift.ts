import type { ChannelConfiguration } from '../channel-configuration.ts';
import { cardDrift, type KnownCard } from './card-drift.ts';
import type { Drift } from './drift.ts';
import { type AgreedMember, memberDrift } from './member-drift.ts';
import { policyDrift } from './policy-drift.ts';

/** What a channel's configuration is held against. */
export interface Agreed {
  /** As `membership` has them; undefined while the ledger has not begun, when nobody is a member yet. */
  readonly members: readonly AgreedMember[] | undefined;
  /** What organisations handed over of themselves. */
  readonly cards: readonly KnownCard[];
}

/** Every difference between a channel's configuration and what was agreed; empty when there is none. */
export function configurationDrift(configuration: ChannelConfiguration, { members, cards }: Agreed): Drift[] {
  return [
    ...(members === undefined ? [] : memberDrift(configuration, members)),
    ...cardDrift(configuration, cards),
    ...policyDrift(configuration),
  ];
}
