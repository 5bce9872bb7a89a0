import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './health.ts';
import { hostedPlans, type NetworkContext, peerCommand } from './network-context.ts';
import { NetworkError } from './network-error.ts';
import { FOLDER_MODE } from './network-folder.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { blockHeight } from './process-metrics.ts';

/** A peer writes its whole state to disk. */
const MADE_WITHIN_MS = 30 * 60_000; // tens of gigabytes on a slow disk
/** A block that members agreed on is to come first. */
const COMES_WITHIN_MS = 24 * 3_600_000; // agreed on today; peers make it all the same when nobody waits
/** How often a common block is looked for: under load a peer has passed it before it was asked. */
const MAX_TRIES = 5; // blocks come every tenth of a second, requests take less
/** What every peer writes the same, byte for byte, at one block: hashes of the snapshot's files, of the block and of all commits. */
const SIGNABLE = '_snapshot_signable_metadata.json';
/** The peer's own additions. */
const ADDITIONAL = '_snapshot_additional_metadata.json';

/** What a snapshot of every channel has: its configuration is in the state, and transactions set it up (Fabric: privacyenabledstate, blkstorage). */
const ALWAYS = ['public_state.data', 'public_state.metadata', 'txids.data', 'txids.metadata'];

/** A snapshot of the channel's state at one block. */
export interface Snapshot {
  /** Number of the last block in it. */
  readonly block: number;
  /** SHA-256 of what every peer writes the same at that block, hexadecimal. */
  readonly hash: string;
  /** Organisations whose peers made the same one. */
  readonly organisations: readonly string[];
}

/** A snapshot's folder, and the hash that the members tell of it. */
export interface AgreedSnapshot {
  readonly folder: string;
  readonly hash: string;
}

/** What the peers write of a snapshot (Fabric: core/ledger/kvledger/snapshot.go). */
interface SignableMetadata {
  readonly last_block_number?: number;
  /** SHA-256 of each file, hexadecimal. */
  readonly snapshot_files_raw_hashes?: Readonly<Record<string, string>>;
}

/**
 * Number and hash of the snapshot in a folder. Throws NetworkError: `network-invalid` when the folder holds none, `backup-damaged` when a
 * file is not the one that its peer wrote, or stands beside those. That its state is the ledger's, only its hash can tell.
 */
export function readSnapshot(folder: string): Pick<Snapshot, 'block' | 'hash'> {
  const file = join(folder, SIGNABLE);
  if (!existsSync(file) || !existsSync(join(folder, ADDITIONAL)))
    throw new NetworkError(
      'network-invalid',
      `${folder} holds no snapshot: make one with holdfast ledger snapshot.`,
    );
  const text = readFileSync(file);
  const { last_block_number: block = 0, snapshot_files_raw_hashes: files = {} } = JSON.parse(
    text.toString('utf8'),
  ) as SignableMetadata;
  const hashes = new Map(Object.entries(files));
  // A peer reads each file that it knows by name, whether or not the map names it.
  const present = readdirSync(folder).filter((name) => name !== SIGNABLE && name !== ADDITIONAL);
  for (const name of new Set([...ALWAYS, ...hashes.keys(), ...present])) {
    if (present.includes(name) && sha256(readFileSync(join(folder, name))) === hashes.get(name)) continue;
    throw new NetworkError(
      'backup-damaged',
      `${name} of the snapshot is missing, was changed or has no hash: take it anew.`,
    );
  }
  return { block, hash: sha256(text) };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Has every hosted peer make a snapshot at one block and copies one of them to a new folder. `at` is a block that is not there yet, on which
 * members on several machines agreed; the newest one when left out. Safe to run again. Rejects with NetworkError `snapshots-differ`
 * when they are not the same: then a peer holds another state, and none of them is to be joined from; `network-invalid` when the block has
 * passed, or `to` is not empty.
 */
export async function takeSnapshot(
  context: NetworkContext,
  to: string,
  onProgress: (what: string) => void,
  at?: number,
): Promise<Snapshot> {
  if (existsSync(to) && readdirSync(to).length > 0)
    throw new NetworkError('network-invalid', `${to} is not empty: name a new folder.`);
  const plans = hostedPlans(context);
  if (at === undefined) onProgress('making a snapshot at every peer');
  else onProgress(`waiting for block ${at}, at which every peer makes a snapshot`);
  const block = at === undefined ? await requestedNow(context, plans) : await requestedAt(context, plans, at);
  const places = plans.map((plan) => madeAt(context, plan, block));
  await until(
    async () => places.every((place) => existsSync(join(place, ADDITIONAL))),
    at === undefined ? MADE_WITHIN_MS : COMES_WITHIN_MS,
    () => `Not every peer made its snapshot at block ${block}: see holdfast ledger status.`,
  );
  const [first, ...others] = places.map((place) => readSnapshot(place));
  if (first === undefined) throw new NetworkError('network-invalid', 'No organisation is hosted here.');
  const different = plans.slice(1).filter((_, at) => others[at]?.hash !== first.hash);
  if (different.length > 0) {
    const who = different.map(({ id }) => id).join(', ');
    throw new NetworkError(
      'snapshots-differ',
      `The peer of ${who} has another state at block ${block} than that of ${plans[0]?.id}: compare them before anybody joins.`,
    );
  }
  onProgress('copying the snapshot');
  mkdirSync(to, { recursive: true, mode: FOLDER_MODE });
  cpSync(places[0] ?? '', to, { recursive: true });
  for (const place of places) rmSync(place, { recursive: true });
  return { block, hash: first.hash, organisations: plans.map(({ id }) => id) };
}

/** Asks every peer for a snapshot at the newest block that any of them has; gives its number. */
async function requestedNow(context: NetworkContext, plans: readonly OrganisationPlan[]): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const heights = await Promise.all(plans.map((plan) => blockHeight(plan)));
    const block = Math.max(...heights.map((height) => height ?? 0)) - 1;
    try {
      for (const plan of plans)
        if (!existsSync(madeAt(context, plan, block))) await request(context, plan, block);
      return block;
    } catch (error) {
      const isPassed = error instanceof NetworkError && /block number/i.test(error.message);
      if (!isPassed || attempt >= MAX_TRIES) throw error;
    }
  }
}

/** Asks every peer for a snapshot at a block to come. One that was asked before, or made it, is left alone. */
async function requestedAt(
  context: NetworkContext,
  plans: readonly OrganisationPlan[],
  block: number,
): Promise<number> {
  for (const plan of plans) {
    if (existsSync(madeAt(context, plan, block))) continue;
    try {
      await request(context, plan, block);
    } catch (error) {
      if (!(error instanceof NetworkError) || !/block number/i.test(error.message)) throw error;
      // Fabric's words: core/ledger/kvledger/snapshot_mgmt.go.
      if (/duplicate snapshot request|already generated/i.test(error.message)) continue;
      throw new NetworkError(
        'network-invalid',
        `The peer of ${plan.id} has passed block ${block}: agree on one that is to come.`,
        { cause: error },
      );
    }
  }
  return block;
}

async function request(context: NetworkContext, plan: OrganisationPlan, block: number): Promise<void> {
  const files = context.folder.organisation(plan.id);
  const at = ['--peerAddress', `${plan.host}:${plan.ports.peer}`, '--tlsRootCertFile', files.tlsCa];
  const channel = ['--channelID', context.description.channel];
  await peerCommand(context, plan, [
    'snapshot',
    'submitrequest',
    ...channel,
    '--blockNumber',
    String(block),
    ...at,
  ]);
}

function madeAt({ folder, description }: NetworkContext, plan: OrganisationPlan, block: number): string {
  return join(folder.organisation(plan.id).snapshots, 'completed', description.channel, String(block));
}

/**
 * Lays a snapshot ready for an organisation's peer, which joins from it when it joins. Throws as {@link readSnapshot}, and NetworkError
 * `hash-differs` when it is not the one that the members tell of: Fabric holds a snapshot against itself alone.
 */
export function layReady(
  { folder }: Pick<NetworkContext, 'folder'>,
  organisation: string,
  { folder: from, hash }: AgreedSnapshot,
): void {
  const found = readSnapshot(from);
  if (found.hash !== hash.toLowerCase())
    throw new NetworkError(
      'hash-differs',
      `The snapshot has the hash ${found.hash}, not the one that was given: do not join from it, and ask other members for theirs.`,
    );
  const { joinFrom } = folder.organisation(organisation);
  rmSync(joinFrom, { recursive: true, force: true });
  mkdirSync(joinFrom, { recursive: true, mode: FOLDER_MODE });
  cpSync(from, joinFrom, { recursive: true });
}
