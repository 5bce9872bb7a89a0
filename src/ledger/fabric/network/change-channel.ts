import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChannelConfiguration, organisationsIn } from './channel-configuration.ts';
import {
  type PreparedUpdate,
  prepareUpdate,
  sendUpdate,
  signUpdate,
  untilSequence,
} from './channel-update.ts';
import { hostedPlans, type NetworkContext } from './network-context.ts';
import { NetworkError } from './network-error.ts';
import { receivedUpdate } from './received-update.ts';

/** A change of the channel's configuration. */
export interface ChannelChange {
  /** Names its file, such as `add-harbour`. */
  readonly name: string;
  readonly before: ChannelConfiguration;
  readonly after: ChannelConfiguration;
  /** File of the same change as organisations on other machines signed it. */
  readonly received?: string | undefined;
}

/**
 * Changes the channel's configuration: the administrators of the hosted organisations sign, and once a majority has, the change is
 * sent and waited for. False when there is nothing to change. A change that came as a file is signed only when it is the very one
 * that this machine computed. Rejects with NetworkError `update-differs` otherwise, and `majority-missing` while organisations
 * on other machines must sign the file that it names.
 */
export async function changeChannel(context: NetworkContext, change: ChannelChange): Promise<boolean> {
  const { name, before, after, received } = change;
  const own = await prepareUpdate(context, before, after, name);
  if (own === undefined) return false;
  const update = received === undefined ? own : await receivedUpdate(context, own, received);
  await submitUpdate(context, update, change);
  return true;
}

async function submitUpdate(
  context: NetworkContext,
  update: PreparedUpdate,
  { name, before }: ChannelChange,
): Promise<void> {
  // Both sections have a majority of their own: a suspended member that still orders counts in one alone, and may not send.
  const [writing, ordering] = [organisationsIn(before, 'Application'), organisationsIn(before, 'Orderer')];
  const isEnough = (signed: readonly string[]) =>
    [writing, ordering].every(
      (members) => members.filter((id) => signed.includes(id)).length * 2 > members.length,
    );
  const hosted = hostedPlans(context);
  const [sender, ...others] = hosted.filter(({ id }) => writing.includes(id));
  const able = [...others, ...hosted.filter(({ id }) => !writing.includes(id) && ordering.includes(id))];
  const signed = new Set([...update.signedBy, ...(sender === undefined ? [] : [sender.id])]);
  for (const plan of able) {
    if (isEnough([...signed])) break;
    if (!signed.has(plan.id)) await signUpdate(context, plan, update);
    signed.add(plan.id);
  }
  if (sender === undefined || !isEnough([...signed])) {
    if (sender !== undefined && !update.signedBy.includes(sender.id))
      await signUpdate(context, sender, update);
    const file = join(context.folder.path, `${name}.update`);
    copyFileSync(update.file, file);
    throw new NetworkError('majority-missing', stillToSign(signed, [...writing, ...ordering], file));
  }
  // Whoever sends it signs it.
  await sendUpdate(context, sender, update);
  await untilSequence(context, sender, Number(before.sequence) + 1);
}

function stillToSign(signed: ReadonlySet<string>, members: readonly string[], file: string): string {
  const missing = [...new Set(members)].filter((id) => !signed.has(id));
  return `Signed by ${[...signed].join(', ')}; more than half of the organisations must. Give ${file} to one of ${missing.join(', ')}, who runs the same command with --update and that file.`;
}
