import type { Command } from 'commander';
import type { AddVerb, RunVerb } from './program.ts';

const DATA = "the network's folder (default ./data/network)";
const BINARIES = "folder of Fabric's official binaries (default: built with Go, once)";
const ORGANISATION =
  "an organisation: its id, or id=FOLDER with its Holdfast data folder; may be repeated (default: the demo's four)";

/** `holdfast ledger …`: running a network of Hyperledger Fabric. */
export function ledgerVerbs(
  program: Command,
  verb: AddVerb,
  run: RunVerb,
  port: (text: string) => number,
): void {
  const ledger = program
    .command('ledger')
    .description('a ledger network of several organisations on Hyperledger Fabric');
  const network = (name: string, description: string) =>
    verb(name, description, ledger).option('--data <folder>', DATA).option('--binaries <folder>', BINARIES);
  const repeated = (value: string, before: readonly string[]): readonly string[] => [...before, value];
  network('up', 'make or start a network and wait until it works; safe to run again')
    .option('--org <id>', ORGANISATION, repeated, [])
    .option('--base-port <port>', 'first port of a new network; an organisation takes ten', port, 7050)
    .option('--chaincode <file>', 'another chaincode bundle than the shipped one')
    .action((options) => run(async (output) => (await import('./verbs/ledger/up.ts')).up(options, output)));
  network('down', 'stop every process of a network on this machine').action((options) =>
    run(async (output) => (await import('./verbs/ledger/down.ts')).down(options, output)),
  );
  network('status', 'height, leader, lag, certificates, per organisation').action((options) =>
    run(async (output) => (await import('./verbs/ledger/status.ts')).status(options, output)),
  );
  network('supervise', "keep a network's processes running, in the foreground (for systemd)").action(
    (options) =>
      run(async (output) => (await import('./verbs/ledger/supervise.ts')).supervise(options, output)),
  );
}
