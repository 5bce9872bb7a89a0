import type { HostedOrganisation } from '../organisation/hosted.ts';

/** Why the node may not be asked now; empty when it may. No event is logged before block 0 is seen (FORMATS §2). */
export function unreadyReasons(hosted: readonly HostedOrganisation[]): string[] {
  return hosted.flatMap(({ core, vault }) => {
    const problem = vault.problem();
    const reasons: string[] = problem === undefined ? [] : [`${core.id}: ${problem}`];
    if (core.projection.head() === undefined) reasons.push(`${core.id}: no ledger block was seen yet`);
    if (core.projection.problem !== undefined)
      reasons.push(`${core.id}: the ledger cannot be followed at the moment`);
    return reasons;
  });
}

/** What people should look at, although the node serves. */
export function warnings(hosted: readonly HostedOrganisation[]): string[] {
  return hosted.flatMap(({ core, background }) => {
    const alarms = core.alarms.list();
    const found = alarms.map(
      ({ code, origin, size }) => `${core.id}: alarm ${code} about ${origin} at size ${size}`,
    );
    if (core.log.cosigned() === undefined && core.log.size() > 0)
      found.push(`${core.id}: no checkpoint has its quorum yet`);
    return [...found, ...unlabelled(core.id, background.statements.waiting)];
  });
}

/** What anybody may read of statements that wait for labels: that some do, and not how many people dispute their records. */
export const unlabelled = (id: string, waiting: number): string[] =>
  waiting === 0 ? [] : [`${id}: statements about records may lack labels of their records`];
