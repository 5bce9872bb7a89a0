import { deployChaincode, joinNetwork, type NetworkContext, startSupervisor } from '../../../ledger/index.ts';
import { prepareLedgerNetwork } from '../../../node/index.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import type { Output } from '../../output.ts';
import {
  type NetworkOptions,
  networkPath,
  organisationsGiven,
  passphraseOf,
  programs,
} from './network-options.ts';

/** Options of `holdfast ledger up`. */
export interface UpOptions extends NetworkOptions {
  readonly org: readonly string[];
  readonly basePort: number;
  readonly chaincode?: string;
}

/** How a program of this very version is run again: the supervisor. */
export function superviseCommand(path: string, binaries: string | undefined) {
  const [, main = ''] = process.argv;
  const given = binaries === undefined ? [] : ['--binaries', binaries];
  const args = [...process.execArgv, main, 'ledger', 'supervise', '--data', path, ...given];
  const environment = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      // The supervisor opens no keyring: the passphrase stays with whoever typed it.
      value === undefined || name.startsWith('HOLDFAST_PASSPHRASE') ? [] : [[name, value]],
    ),
  );
  return { program: process.execPath, args, environment };
}

/** `holdfast ledger up`: from nothing, or from what is there, to a network that works. Safe to run again at any time. */
export async function up(options: UpOptions, output: Output): Promise<ExitCode> {
  const began = performance.now();
  const onProgress = (what: string) => output.progress(what);
  const path = networkPath(options);
  const organisations = organisationsGiven(options.org);
  const { binaries, environment } = programs(options, onProgress);
  const context = await prepareLedgerNetwork({
    ...{ path, organisations, basePort: options.basePort, binaries, chaincode: options.chaincode },
    ...{ passphrase: passphraseOf(organisations), environment, onProgress },
  });
  startSupervisor(path, superviseCommand(path, binaries));
  await joinNetwork(context, onProgress);
  await deployChaincode(context, onProgress);
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
