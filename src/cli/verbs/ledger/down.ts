import { stopNetwork } from '../../../ledger/index.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import type { Output } from '../../output.ts';
import { type NetworkOptions, networkPath } from './network-options.ts';

/** `holdfast ledger down`: stops every process of a network on this machine; what is on disk stays. */
export async function down(options: NetworkOptions, output: Output): Promise<ExitCode> {
  const path = networkPath(options);
  const stopped = await stopNetwork(path);
  output.line(
    stopped === 0 ? 'Nothing of it was running.' : `Stopped ${stopped} processes; the ledger stays on disk.`,
  );
  output.result({ data: path, stopped });
  return EXIT.done;
}
