import { type ProcessEvent, superviseNetwork } from '../../../ledger/index.ts';
import { networkBinaries } from '../../../node/index.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import type { Output } from '../../output.ts';
import { askedToStop } from '../../signals.ts';
import { type NetworkOptions, networkPath, programs } from './network-options.ts';

/** `holdfast ledger supervise`: keeps a network's processes running in the foreground, for systemd and `ledger up`. */
export async function supervise(options: NetworkOptions, output: Output): Promise<ExitCode> {
  const path = networkPath(options);
  const binaries = await networkBinaries(
    path,
    programs(options, (what) => output.progress(what)),
  );
  const stop = new AbortController();
  void askedToStop().then(() => stop.abort());
  const tell = ({ name, event, pid }: ProcessEvent) =>
    process.stderr.write(`${new Date().toISOString()} ${name} ${event}${pid === 0 ? '' : ` as ${pid}`}\n`);
  await superviseNetwork({ path, binaries, signal: stop.signal, tell });
  return EXIT.done;
}
