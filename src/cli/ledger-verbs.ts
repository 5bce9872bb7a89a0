import type { Command } from 'commander';
import { BINARIES, LEDGER_BASE_PORT, OWN, upkeepVerbs } from './ledger-upkeep-verbs.ts';
import type { AddVerb, RunVerb } from './program.ts';

const DATA = "the network's folder (default ./data/network)";
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
    .option(
      '--base-port <port>',
      'first port of a new network; an organisation takes ten',
      port,
      LEDGER_BASE_PORT,
    )
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
  changeVerbs(network, run);
  upkeepVerbs({ ledger, network, verb, run, port });
}

function changeVerbs(network: (name: string, description: string) => Command, run: RunVerb): void {
  const change = () => import('./verbs/ledger/change.ts');
  network('add-org', 'take another organisation, on this machine, into the running network')
    .requiredOption('--org <id>', OWN)
    .option('--snapshot <folder>', 'its peer joins from this snapshot in place of block 0')
    .action((options) => run(async (output) => (await change()).addOrganisation(options, output)));
  network('suspend', 'take writing and endorsement from an organisation')
    .requiredOption('--org <id>', OWN)
    .action((options) => run(async (output) => (await change()).suspend(options, output)));
  network('rotate', "renew the certificates of an organisation's processes while the network goes on")
    .requiredOption('--org <id>', OWN)
    .action((options) => run(async (output) => (await change()).rotate(options, output)));
  network('upgrade', 'approve and commit the chaincode of this version')
    .option('--chaincode <file>', 'another chaincode bundle than the shipped one')
    .action((options) => run(async (output) => (await change()).upgrade(options, output)));
}
