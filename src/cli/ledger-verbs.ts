import type { Command } from 'commander';
import { CliError, EXIT } from './exit-code.ts';
import {
  BINARIES,
  BLOCK_MS,
  blockMs,
  LEDGER_BASE_PORT,
  OWN,
  SNAPSHOT_HASH,
  upkeepVerbs,
} from './ledger-upkeep-verbs.ts';
import type { AddVerb, RunVerb } from './program.ts';

const DATA = "the network's folder (default ./data/network)";
const BUNDLE = 'another chaincode bundle than the shipped one';
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
  network('up', 'make or start a network and wait until it works; safe to run again')
    .option('--org <id>', ORGANISATION, repeated, [])
    .option(
      '--base-port <port>',
      'first port of a new network; an organisation takes ten',
      port,
      LEDGER_BASE_PORT,
    )
    .option('--chaincode <file>', BUNDLE)
    .option('--block-ms <ms>', BLOCK_MS, blockMs)
    .action((options) => run(async (output) => (await import('./verbs/ledger/up.ts')).up(options, output)));
  network('down', 'stop every process of a network on this machine').action((options) =>
    run(async (output) => (await import('./verbs/ledger/down.ts')).down(options, output)),
  );
  network(
    'status',
    'height, leader, lag, certificates, and where the channel differs from membership',
  ).action((options) =>
    run(async (output) => (await import('./verbs/ledger/status.ts')).status(options, output)),
  );
  network('supervise', "keep a network's processes running, in the foreground (for systemd)").action(
    (options) =>
      run(async (output) => (await import('./verbs/ledger/supervise.ts')).supervise(options, output)),
  );
  machineVerbs(network, run, port);
  changeVerbs(network, run);
  upkeepVerbs({ ledger, network, verb, run, port });
}

const CARD = 'card of an organisation that runs on another machine';
const UPDATE = 'the change as other organisations signed it, when they run on other machines';

type NetworkVerb = (name: string, description: string) => Command;
const repeated = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Whom a verb is about: by id on this machine, by card on another. */
function aboutOne(options: { org?: string; card?: string }): 'org' | 'card' {
  if ((options.org === undefined) === (options.card === undefined))
    throw new CliError(
      EXIT.unusable,
      'usage',
      'Give either --org, for an organisation on this machine, or --card.',
    );
  return options.org === undefined ? 'card' : 'org';
}

function changeVerbs(network: NetworkVerb, run: RunVerb): void {
  const change = () => import('./verbs/ledger/change.ts');
  const byCard = () => import('./verbs/ledger/by-card.ts');
  const agreed = (name: string, description: string) =>
    network(name, description)
      .option('--propose', 'propose it to the members in place of carrying it out')
      .option('--approve', 'approve what was proposed, in place of carrying it out')
      .option('--as <member>', 'with either: in whose name; may be repeated', repeated, [])
      .option('--proposal <id>', 'with --approve: which of several proposals')
      .option('--update <file>', UPDATE);
  agreed('add-org', 'take another organisation into the running network, once membership admitted it')
    .option('--org <id>', `${OWN}; on this machine`)
    .option('--card <file>', CARD)
    .option('--snapshot <folder>', 'with --org: its peer joins from this snapshot in place of block 0')
    .option('--snapshot-hash <hex>', `with --snapshot: ${SNAPSHOT_HASH}`)
    .action((options) =>
      run(async (output) =>
        aboutOne(options) === 'org'
          ? (await change()).addOrganisation(options, output)
          : (await byCard()).addByCard(options, output),
      ),
    );
  agreed('suspend', 'take writing and endorsement from an organisation, once membership suspended it')
    .requiredOption('--org <id>', OWN)
    .action((options) => run(async (output) => (await change()).suspend(options, output)));
  network('rotate', "renew the certificates of an organisation's processes while the network goes on")
    .option('--org <id>', OWN)
    .option('--card <file>', `sign them for another: the new ${CARD}`)
    .option('--update <file>', UPDATE)
    .action((options) =>
      run(async (output) =>
        aboutOne(options) === 'org'
          ? (await change()).rotate(options, output)
          : (await byCard()).rotateByCard(options, output),
      ),
    );
  network('upgrade', 'approve and commit the chaincode of this version')
    .option('--chaincode <file>', BUNDLE)
    .action((options) => run(async (output) => (await change()).upgrade(options, output)));
  network('mend', "set the channel's policies back to what was agreed")
    .option('--update <file>', UPDATE)
    .action((options) => run(async (output) => (await change()).mend(options, output)));
}

function machineVerbs(network: NetworkVerb, run: RunVerb, port: (text: string) => number): void {
  network(
    'prepare',
    "make one organisation's own part of a network across machines, and its card for the others",
  )
    .requiredOption('--org <id=folder>', 'the organisation with its Holdfast data folder')
    .option('--host <name>', 'name or IPv4 address by which the others reach it (default: localhost)')
    .option('--listen <address>', 'address that orderer and peer listen at (default: 127.0.0.1)')
    .option('--base-port <port>', 'first of its ten ports', port, LEDGER_BASE_PORT)
    .option('--ledger <id>', 'id of the running ledger that it is to join')
    .option('--chaincode <file>', BUNDLE)
    .action((options) =>
      run(async (output) => (await import('./verbs/ledger/prepare.ts')).prepare(options, output)),
    );
  network('genesis', 'make block 0 of a channel out of the cards of the organisations that begin it')
    .option('--card <file>', "another organisation's card; may be repeated", repeated, [])
    .option('--block-ms <ms>', BLOCK_MS, blockMs)
    .action((options) =>
      run(async (output) => (await import('./verbs/ledger/genesis.ts')).genesis(options, output)),
    );
  network('join', 'join a prepared part to the channel of a block that the cards agree with')
    .requiredOption('--block <file>', 'block 0 of the channel')
    .option('--configuration <file>', 'newest configuration block, for a channel that runs already')
    .option(
      '--card <file>',
      "another organisation's card, one for each in the channel; may be repeated",
      repeated,
      [],
    )
    .action((options) =>
      run(async (output) => (await import('./verbs/ledger/join.ts')).join(options, output)),
    );
}
