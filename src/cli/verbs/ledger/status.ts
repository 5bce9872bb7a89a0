import {
  type NetworkStatus,
  networkStatus,
  type OrganisationStatus,
  type ProcessStatus,
} from '../../../ledger/index.ts';
import { openLedgerNetwork } from '../../../node/index.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import type { Output } from '../../output.ts';
import { type NetworkOptions, networkPath, programs } from './network-options.ts';

/** Options of `holdfast ledger status`. */
export type StatusOptions = NetworkOptions;

/** `holdfast ledger status`: exit 0 all is well, 1 something is to be looked at, 3 nothing runs. */
export async function status(options: StatusOptions, output: Output): Promise<ExitCode> {
  const context = await openLedgerNetwork(
    networkPath(options),
    programs(options, (what) => output.progress(what)),
  );
  const seen = await networkStatus(context, new Date());
  output.result(seen);
  tell(seen, output);
  const isUp = seen.organisations.some(({ peer, orderer }) => peer.healthy || orderer?.healthy === true);
  if (!isUp) return EXIT.unavailable;
  return seen.problems.length === 0 ? EXIT.done : EXIT.found;
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
