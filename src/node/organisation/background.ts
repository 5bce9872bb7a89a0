import type { StandingStatements } from '../../audit/index.ts';
import type { LocatorDelivery } from '../../exchange/index.ts';
import { every } from '../../log/index.ts';
import type { Configuration } from '../configuration.ts';
import type { NodeLog } from '../node-log.ts';
import type { OrganisationCore } from './core.ts';
import { type Followers, runFollowers } from './followers.ts';
import type { MemberNames } from './member-names.ts';

/** Locators are delivered this often while any is outstanding. */
const DELIVERY_INTERVAL_MS = 500; // a grant is usable within a second
/** Unexplained anchors are looked into, and the house looked after, this often. */
const UPKEEP_INTERVAL_MS = 5_000; // members that come back are found soon

/** Background work of one organisation: off the request path, restarted by nobody because it never ends by itself. */
export interface BackgroundWork {
  readonly core: OrganisationCore;
  readonly delivery: LocatorDelivery;
  readonly names: MemberNames;
  /** What is looked after every few seconds: room on the disk, recoveries to be logged. */
  readonly upkeep: () => Promise<unknown>;
  /** Labels statements that lack what their record is labelled with. */
  readonly statements: Pick<StandingStatements, 'round' | 'waiting'>;
  /** What keeps up with the audit trail: flags, forwarding. */
  readonly followers: Followers;
}

/** Starts it; resolves when `signal` aborts and what was under way has ended. */
export function runBackground(
  work: BackgroundWork,
  configuration: Configuration,
  nodeLog: NodeLog,
  signal: AbortSignal,
): Promise<unknown> {
  const { core, delivery, names, upkeep, statements, followers } = work;
  const quiet = { signal, onError: (error: unknown) => nodeLog.fault(error) };
  let anchored = -1;
  const anchor = async () => {
    const size = core.log.size();
    if (size === anchored) return;
    if ((await core.anchoring.anchorNow()) !== undefined) anchored = size;
  };
  return Promise.all([
    core.projection.run(signal),
    every(configuration.publishMs, () => core.log.publish(), quiet),
    every(configuration.anchorMs, anchor, quiet),
    every(DELIVERY_INTERVAL_MS, () => delivery.round(), quiet),
    every(UPKEEP_INTERVAL_MS, () => core.witness.explainPendingAnchors(), quiet),
    every(UPKEEP_INTERVAL_MS, () => names.round(), quiet),
    every(UPKEEP_INTERVAL_MS, upkeep, quiet),
    every(UPKEEP_INTERVAL_MS, () => statements.round(), quiet),
    runFollowers(followers, quiet),
  ]);
}
