import { resolve } from 'node:path';
import { layReady, takeSnapshot } from '../../../ledger/index.ts';
import { openLedgerNetwork } from '../../../node/index.ts';
import { CliError, EXIT, type ExitCode } from '../../exit-code.ts';
import type { Output } from '../../output.ts';
import { type NetworkOptions, networkPath, organisationGiven, programs } from './network-options.ts';
import { snapshotGiven } from './snapshot-given.ts';

/** Options of `holdfast ledger snapshot`. */
export interface SnapshotOptions extends NetworkOptions {
  readonly to: string;
  readonly block?: number;
}

/** Options of `holdfast ledger join-from`. */
export interface JoinFromOptions extends NetworkOptions {
  readonly org: string;
  readonly snapshot: string;
  readonly snapshotHash: string;
}

function opened(options: NetworkOptions, output: Output) {
  return openLedgerNetwork(
    networkPath(options),
    programs(options, (what) => output.progress(what)),
  );
}

/** `holdfast ledger snapshot`: the channel's state at one block, the same at every peer here. */
export async function snapshot(options: SnapshotOptions, output: Output): Promise<ExitCode> {
  const context = await opened(options, output);
  const to = resolve(options.to);
  const taken = await takeSnapshot(context, to, (what) => output.progress(what), options.block);
  output.line(`Snapshot of block ${taken.block}: ${to}`);
  output.line(`  ${taken.hash}  (the same at ${taken.organisations.join(', ')})`);
  output.line('Whoever joins from it compares this hash with what other members tell.');
  output.result({ ...taken, to });
  return EXIT.done;
}

/** `holdfast ledger join-from`: a peer without blocks joins from a snapshot the next time it joins. */
export async function joinFrom(options: JoinFromOptions, output: Output): Promise<ExitCode> {
  const given = snapshotGiven(options);
  const context = await opened(options, output);
  const { id } = organisationGiven(options.org);
  if (!context.description.hosted.includes(id))
    throw new CliError(
      EXIT.unusable,
      'usage',
      `${id} is not hosted here: a newcomer takes add-org --snapshot.`,
    );
  layReady(context, id, given);
  output.line(`The peer of ${id} joins from it: holdfast ledger up --data ${context.folder.path}`);
  output.result({ organisation: id });
  return EXIT.done;
}
