import type { NetworkContext } from './network-context.ts';
import { osnadminFlags, peerCommand } from './network-context.ts';
import { NetworkError } from './network-error.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { run } from './run-command.ts';

/** Joins an organisation's orderer to the channel, from a block of its configuration; nothing when it is there already. */
export async function joinOrderer(
  context: NetworkContext,
  plan: OrganisationPlan,
  configurationBlock: string,
): Promise<void> {
  const { binaries, description } = context;
  const osnadmin = (verb: readonly string[]) =>
    run(binaries.command('osnadmin'), ['channel', ...verb, ...osnadminFlags(context, plan)]);
  const { stdout } = await osnadmin(['list']);
  if (stdout.includes(`"name": "${description.channel}"`)) return;
  const joined = await osnadmin([
    'join',
    '--channelID',
    description.channel,
    '--config-block',
    configurationBlock,
  ]);
  // osnadmin ends well even when the orderer refuses: only its words tell.
  if (!/Status: 201/.test(joined.stdout))
    throw new NetworkError(
      'command-failed',
      `The orderer of ${plan.id} did not join: ${joined.stdout.trim().replaceAll(/\s+/g, ' ')}`,
    );
}

/** Joins an organisation's peer to the channel from block 0; nothing when it is there already. */
export async function joinPeer(context: NetworkContext, plan: OrganisationPlan): Promise<void> {
  if (await hasJoined(context, plan)) return;
  await peerCommand(context, plan, ['channel', 'join', '--blockpath', context.folder.genesis]);
}

/** True when an organisation's peer is in the channel. */
export async function hasJoined(context: NetworkContext, plan: OrganisationPlan): Promise<boolean> {
  const { stdout } = await peerCommand(context, plan, ['channel', 'list']);
  return stdout.split('\n').includes(context.description.channel);
}
