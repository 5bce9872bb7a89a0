import { existsSync, rmSync } from 'node:fs';
import { HEALTHY_WITHIN_MS, until } from './health.ts';
import type { NetworkContext } from './network-context.ts';
import { osnadminFlags, peerCommand } from './network-context.ts';
import { NetworkError } from './network-error.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { run } from './run-command.ts';

/**
 * Joins an organisation's orderer to the channel, from a block of its configuration; nothing when it is there already. An orderer
 * says that it is healthy some time before it can be administered, which on a busy machine is seconds: it is asked until it answers.
 */
export async function joinOrderer(
  context: NetworkContext,
  plan: OrganisationPlan,
  configurationBlock: string,
): Promise<void> {
  const { binaries, description } = context;
  const osnadmin = (verb: readonly string[]) =>
    run(binaries.command('osnadmin'), ['channel', ...verb, ...osnadminFlags(context, plan)]);
  const { stdout } = await answer(`The orderer of ${plan.id}`, async () => {
    const listed = await osnadmin(['list']);
    // osnadmin ends well even when the orderer refuses: only its words tell.
    if (!/Status: 200/.test(listed.stdout)) throw new NetworkError('command-failed', listed.stdout.trim());
    return listed;
  });
  if (stdout.includes(`"name": "${description.channel}"`)) return;
  const joined = await osnadmin([
    'join',
    '--channelID',
    description.channel,
    '--config-block',
    configurationBlock,
  ]);
  if (!/Status: 201/.test(joined.stdout))
    throw new NetworkError(
      'command-failed',
      `The orderer of ${plan.id} did not join: ${joined.stdout.trim().replaceAll(/\s+/g, ' ')}`,
    );
}

/** A snapshot of a long ledger is read from disk once. */
const SNAPSHOT_JOINED_WITHIN_MS = 30 * 60_000; // tens of gigabytes from a slow disk

/** Joins an organisation's peer to the channel, from block 0 or the snapshot that lies ready for it; nothing when it is there already. */
export async function joinPeer(context: NetworkContext, plan: OrganisationPlan): Promise<void> {
  if (await hasJoined(context, plan)) return;
  const { joinFrom } = context.folder.organisation(plan.id);
  if (existsSync(joinFrom)) {
    await peerCommand(context, plan, ['channel', 'joinbysnapshot', '--snapshotpath', joinFrom]);
    const isOver = async () => {
      const { stdout, stderr } = await peerCommand(context, plan, ['channel', 'joinbysnapshotstatus']);
      return /no joinbysnapshot operation/i.test(stdout + stderr);
    };
    const why = () => `The peer of ${plan.id} did not join from its snapshot: see logs/peer.${plan.id}.log.`;
    await until(isOver, SNAPSHOT_JOINED_WITHIN_MS, why);
    if (!(await hasJoined(context, plan))) throw new NetworkError('process-failed', why());
    rmSync(joinFrom, { recursive: true });
    return;
  }
  await peerCommand(context, plan, ['channel', 'join', '--blockpath', context.folder.genesis]);
}

/** True when an organisation's peer is in the channel; asked until it answers, as it too is healthy before it serves. */
async function hasJoined(context: NetworkContext, plan: OrganisationPlan): Promise<boolean> {
  const { stdout } = await answer(`The peer of ${plan.id}`, () =>
    peerCommand(context, plan, ['channel', 'list']),
  );
  return stdout.split('\n').includes(context.description.channel);
}

/** What a process answers, once it does. Rejects with NetworkError `process-failed`, which quotes its last refusal. */
async function answer<T>(who: string, ask: () => Promise<T>): Promise<T> {
  let given: { readonly value: T } | undefined;
  let last = '';
  const isGiven = async () => {
    try {
      given = { value: await ask() };
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      last = error.message;
    }
    return given !== undefined;
  };
  await until(isGiven, HEALTHY_WITHIN_MS, () => `${who} is healthy and does not answer: ${last}`);
  if (given === undefined) throw new Error('until ends with an answer');
  return given.value;
}
