import {
  type Drift,
  type NetworkContext,
  type NetworkStatus,
  networkStatus,
  type OrganisationStatus,
  type ProcessStatus,
} from '../../../ledger/index.ts';
import { ledgerDrift, openLedgerNetwork } from '../../../node/index.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import { failureOf } from '../../failure.ts';
import type { Output } from '../../output.ts';
import { type NetworkOptions, networkPath, programs } from './network-options.ts';

/** Options of `holdfast ledger status`. */
export type StatusOptions = NetworkOptions;

/** What `holdfast ledger status --json` prints. */
type Status = NetworkStatus & {
  /** Where the channel differs from `membership`; absent when the two could not be compared. */
  readonly drift?: readonly Drift[];
};

/** `holdfast ledger status`: exit 0 all is well, 1 something is to be looked at, 3 nothing runs. */
export async function status(options: StatusOptions, output: Output): Promise<ExitCode> {
  const path = networkPath(options);
  const context = await openLedgerNetwork(
    path,
    programs(options, (what) => output.progress(what)),
  );
  const processes = await networkStatus(context, new Date());
  const isUp = processes.organisations.some(({ peer, orderer }) => peer.healthy || orderer?.healthy === true);
  const seen = isUp ? await compared(context, processes, output) : processes;
  output.result(seen);
  tell(seen, output);
  if (!isUp) return EXIT.unavailable;
  return seen.problems.length === 0 ? EXIT.done : EXIT.found;
}

async function compared(context: NetworkContext, seen: NetworkStatus, output: Output): Promise<Status> {
  output.progress('comparing the channel with membership');
  try {
    const drift = await ledgerDrift(context);
    const sentences = drift.map(({ what, mend }) => `${what} Mend it: ${mend} --data ${context.folder.path}`);
    return { ...seen, drift, problems: [...seen.problems, ...sentences] };
  } catch (error) {
    const { message } = failureOf(error);
    return {
      ...seen,
      problems: [...seen.problems, `The channel was not compared with membership: ${message}`],
    };
  }
}

function tell(seen: NetworkStatus, output: Output): void {
  output.line(`channel ${seen.channel}, height ${seen.height}, leader ${seen.leader ?? 'none'}`);
  output.line(`chaincode ${seen.chaincode ?? 'none'}`);
  output.line(`supervised: ${seen.supervised ? 'yes' : 'no (holdfast ledger up starts the supervisor)'}`);
  for (const each of seen.organisations) tellOrganisation(each, output);
  if (seen.elsewhere.length > 0) output.line(`on other machines: ${seen.elsewhere.join(', ')}`);
  for (const problem of seen.problems) output.line(`! ${problem}`);
}

function tellOrganisation(
  { organisation, orderer, peer, chaincode, certificates }: OrganisationStatus,
  output: Output,
) {
  const [soonest] = certificates;
  const ends =
    soonest === undefined ? '' : `  first certificate ends in ${soonest.days} days (${soonest.name})`;
  output.line(`  ${organisation}${ends}`);
  const one = (name: string, process: ProcessStatus | undefined) => {
    if (process === undefined) return;
    const state = process.healthy ? 'healthy' : process.pid === undefined ? 'stopped' : 'unhealthy';
    const at = process.height === undefined ? '' : `  height ${process.height}  lag ${process.lag ?? 0}`;
    output.line(`    ${name.padEnd(10)} ${state.padEnd(10)} pid ${process.pid ?? '-'}${at}`);
  };
  one('orderer', orderer);
  one('peer', peer);
  one('chaincode', chaincode);
}
