import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ChannelConfiguration, configurationOf, organisationsIn } from './channel-configuration.ts';
import { until } from './health.ts';
import { hostedPlans, type NetworkContext, ordererFlags, peerCommand, planOf } from './network-context.ts';
import { NetworkError } from './network-error.ts';
import { FOLDER_MODE } from './network-folder.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { run } from './run-command.ts';
import { replaceFile } from './write-material.ts';

/** An update of the channel's configuration, as a file that administrators sign one after the other. */
export interface PreparedUpdate {
  readonly file: string;
}

const SEEN_WITHIN_MS = 60_000; // a configuration block, and a change of the consensus
/** common.HeaderType.CONFIG_UPDATE */
const CONFIG_UPDATE = 2;

function translator({ binaries }: NetworkContext, args: readonly string[]): Promise<{ stdout: string }> {
  return run(binaries.command('configtxlator'), args, { environment: { PATH: process.env.PATH } });
}

/** Fetches the newest configuration block through an organisation's peer into a file. */
export async function fetchConfigurationBlock(
  context: NetworkContext,
  plan: OrganisationPlan,
  file: string,
): Promise<void> {
  await peerCommand(context, plan, [
    'channel',
    'fetch',
    'config',
    file,
    '--channelID',
    context.description.channel,
  ]);
}

/** The channel's configuration as an organisation's peer has it. */
export async function channelConfiguration(
  context: NetworkContext,
  plan: OrganisationPlan,
): Promise<ChannelConfiguration> {
  const file = join(workFolder(context), `configuration.${plan.id}.block`);
  await fetchConfigurationBlock(context, plan, file);
  return decodeConfiguration(context, file);
}

/** The configuration in a block's file. */
export async function decodeConfiguration(
  context: NetworkContext,
  file: string,
): Promise<ChannelConfiguration> {
  const { stdout } = await translator(context, ['proto_decode', '--input', file, '--type', 'common.Block']);
  return configurationOf(JSON.parse(stdout));
}

function workFolder({ folder }: NetworkContext): string {
  mkdirSync(folder.work, { recursive: true, mode: FOLDER_MODE });
  return folder.work;
}

/** Computes the update from one configuration to another, ready to be signed. Undefined when they are the same. */
export async function prepareUpdate(
  context: NetworkContext,
  before: ChannelConfiguration,
  after: ChannelConfiguration,
  name: string,
): Promise<PreparedUpdate | undefined> {
  if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
  const work = workFolder(context);
  const path = (suffix: string) => join(work, `${name}.${suffix}`);
  const encode = async (value: unknown, type: string, file: string) => {
    replaceFile(`${file}.json`, JSON.stringify(value));
    await translator(context, ['proto_encode', '--input', `${file}.json`, '--type', type, '--output', file]);
    rmSync(`${file}.json`);
  };
  const { channel } = context.description;
  const [from, to, update, envelope] = [path('before'), path('after'), path('difference'), path('update.pb')];
  await encode(before, 'common.Config', from);
  await encode(after, 'common.Config', to);
  const files = ['--original', from, '--updated', to, '--output', update];
  try {
    await translator(context, ['compute_update', '--channel_id', channel, ...files]);
  } catch (error) {
    // Two spellings of one configuration.
    if (error instanceof NetworkError && error.message.includes('no differences detected')) return undefined;
    throw error;
  }
  const decoded = await translator(context, [
    'proto_decode',
    '--input',
    update,
    '--type',
    'common.ConfigUpdate',
  ]);
  const header = { channel_header: { channel_id: channel, type: CONFIG_UPDATE } };
  const data = { config_update: JSON.parse(decoded.stdout) as unknown };
  await encode({ payload: { header, data } }, 'common.Envelope', envelope);
  for (const file of [from, to, update]) rmSync(file);
  return { file: envelope };
}

/** Adds the signature of an organisation's administrator to an update, in its file. */
export async function signUpdate(
  context: NetworkContext,
  plan: OrganisationPlan,
  { file }: PreparedUpdate,
): Promise<void> {
  await peerCommand(context, plan, ['channel', 'signconfigtx', '--file', file]);
}

/**
 * Has the administrators of the hosted organisations sign an update, as many as a majority takes, sends it and waits until
 * every hosted peer has it. Rejects with NetworkError `majority-missing` when the others are to sign the file first.
 */
export async function submitUpdate(
  context: NetworkContext,
  update: PreparedUpdate,
  before: ChannelConfiguration,
  signedElsewhere = 0,
): Promise<void> {
  const members = [
    ...new Set([...organisationsIn(before, 'Application'), ...organisationsIn(before, 'Orderer')]),
  ];
  const needed = Math.floor(members.length / 2) + 1;
  const signers = hostedPlans(context).filter(({ id }) => members.includes(id));
  const [sender] = signers;
  if (sender === undefined || signers.length + signedElsewhere < needed) {
    for (const plan of signers) await signUpdate(context, plan, update);
    throw new NetworkError(
      'majority-missing',
      `${signers.length + signedElsewhere} of ${members.length} organisations signed; it takes ${needed}. Give ${update.file} to the others: holdfast ledger sign --update FILE, the last of them with --submit.`,
    );
  }
  for (const plan of signers.slice(1, Math.max(1, needed - signedElsewhere)))
    await signUpdate(context, plan, update);
  await sendUpdate(context, sender, update);
  await untilSequence(context, Number(before.sequence) + 1);
}

/** Sends a signed update; the sender's own signature is added. The next orderer is tried when one does not answer. */
export async function sendUpdate(
  context: NetworkContext,
  sender: OrganisationPlan,
  { file }: PreparedUpdate,
): Promise<void> {
  const { organisations, channel } = context.description;
  const ordering = organisations.filter(({ isOrdering }) => isOrdering !== false);
  const own = planOf(context, sender.id);
  const order = [own, ...ordering.filter(({ id }) => id !== own.id)].filter(
    ({ isOrdering }) => isOrdering !== false,
  );
  let last: unknown;
  for (const orderer of order) {
    try {
      await peerCommand(context, sender, [
        'channel',
        'update',
        '--file',
        file,
        '--channelID',
        channel,
        ...ordererFlags(context, orderer),
      ]);
      return;
    } catch (error) {
      last = error;
      // A refusal is the same everywhere; only an orderer that cannot be reached is worth another.
      if (!(error instanceof NetworkError && /connect|unavailable|deadline/i.test(error.message)))
        throw error;
    }
  }
  throw last;
}

async function untilSequence(context: NetworkContext, sequence: number): Promise<void> {
  const [plan] = hostedPlans(context);
  if (plan === undefined) return;
  const seen = async () => Number((await channelConfiguration(context, plan)).sequence) >= sequence;
  await until(
    seen,
    SEEN_WITHIN_MS,
    () => `The peer of ${plan.id} did not receive the new channel configuration: see holdfast ledger status.`,
  );
}

/** Reads an update that came as a file, into the work folder. */
export function adoptUpdate(context: NetworkContext, file: string): PreparedUpdate {
  const own = join(workFolder(context), 'received.update.pb');
  replaceFile(own, readFileSync(file));
  return { file: own };
}
