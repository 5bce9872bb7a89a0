import { join } from 'node:path';
import { changeChannel } from '../../../src/ledger/fabric/network/change-channel.ts';
import { section, withSection } from '../../../src/ledger/fabric/network/channel-configuration.ts';
import { hostedPlans } from '../../../src/ledger/fabric/network/network-context.ts';
import {
  channelConfiguration,
  fabricBinaries,
  networkContext,
  readDescription,
} from '../../../src/ledger/index.ts';
import { ROOT } from '../../journeys/harness/checkout.ts';

/**
 * What a majority that was talked into it could do with Fabric's own commands: from here on any one organisation endorses. `received` is the
 * update as others signed it on their machines. Rejects with NetworkError `majority-missing` while others must sign `weaken.update`.
 */
export async function weakenEndorsement(network: string, received?: string): Promise<void> {
  const toolsModule = join(ROOT, 'packaging', 'fabric', 'tools');
  const binaries = await fabricBinaries({ toolsModule, environment: process.env });
  const context = networkContext(network, readDescription(network), binaries);
  const [plan] = hostedPlans(context);
  if (plan === undefined) throw new Error('the network has no organisation');
  const before = await channelConfiguration(context, plan);
  const application = section(before, 'Application');
  const { Endorsement } = application.policies;
  if (Endorsement === undefined) throw new Error('the channel has no endorsement policy');
  const any = { ...Endorsement, policy: { type: 3, value: { rule: 'ANY', sub_policy: 'Endorsement' } } };
  const policies = { ...application.policies, Endorsement: any };
  const after = withSection(before, 'Application', { ...application, policies });
  if (!(await changeChannel(context, { name: 'weaken', before, after, received })))
    throw new Error('nothing was weakened');
}
