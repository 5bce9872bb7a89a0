import type { NetworkContext } from '../../../ledger/index.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import type { Output } from '../../output.ts';
import { bringUp } from './bring-up.ts';
import { type NetworkOptions, networkPath, organisationsGiven, passphraseOf } from './network-options.ts';

/** Options of `holdfast ledger up`. */
export interface UpOptions extends NetworkOptions {
  readonly org: readonly string[];
  readonly basePort: number;
  readonly chaincode?: string;
  readonly blockMs?: number;
}

/** `holdfast ledger up`: from nothing, or from what is there, to a network that works. Safe to run again at any time. */
export async function up(options: UpOptions, output: Output): Promise<ExitCode> {
  const began = performance.now();
  const organisations = organisationsGiven(options.org);
  const passphrase = passphraseOf(organisations);
  const context = await bringUp(
    { ...options, path: networkPath(options), organisations, passphrase },
    output,
  );
  announce(context, (performance.now() - began) / 1000, output);
  return EXIT.done;
}

function announce({ folder, description }: NetworkContext, seconds: number, output: Output): void {
  const organisations = description.hosted.map((id) => ({ id, profile: folder.organisation(id).profile }));
  output.result({
    data: folder.path,
    channel: description.channel,
    chaincode: description.chaincode?.version,
    seconds: Number(seconds.toFixed(1)),
    organisations,
  });
  output.line(`The ledger is up after ${seconds.toFixed(1)} s: channel ${description.channel}.`);
  for (const { id, profile } of organisations) output.line(`  ${id.padEnd(12)} ${profile}`);
  output.line(`How it is:  holdfast ledger status --data ${folder.path}`);
  output.line(`Stop it:    holdfast ledger down --data ${folder.path}`);
}
