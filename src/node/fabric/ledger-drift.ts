import { type AgreedMember, channelDrift, type Drift, type NetworkContext } from '../../ledger/index.ts';
import { askMembership, type MembershipAccess } from './membership-access.ts';

async function membersOf(membership: MembershipAccess): Promise<readonly AgreedMember[] | undefined> {
  return (await membership.ledgerId()) === undefined ? undefined : membership.members();
}

/** Every difference between the channel of a running network and `membership` on its ledger. Rejects with LedgerError or NetworkError when either cannot be asked. */
export async function ledgerDrift(context: NetworkContext): Promise<readonly Drift[]> {
  return channelDrift(context, await askMembership(context, membersOf));
}
