import { Command } from 'commander';
import type { ExitCode } from './exit-code.ts';
import { ledgerVerbs } from './ledger-verbs.ts';
import type { Output } from './output.ts';
import { wholeNumber } from './whole-number.ts';

/** One verb with its options, ready to be run. */
export type Verb = (output: Output) => Promise<ExitCode>;
/** Runs a verb, tells its failure and ends the process. */
export type RunVerb = (verb: Verb) => Promise<void>;

const MAX_PORT = 65_535; // TCP

const port = wholeNumber(0, MAX_PORT);
const milliseconds = wholeNumber(100, 86_400_000);
const patients = wholeNumber(1, 500);
const repeated = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const DATA = 'data folder (default: HOLDFAST_DATA, else ./data)';

/** The command line. Verbs load what they need when they run, so that `verify` does not start a node's parts. */
export function createProgram(version: string, run: RunVerb): Command {
  const program = new Command('holdfast')
    .description(
      'A permissioned health-data ledger network: records stay with their owner, everything can be proven.',
    )
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText(
      'after',
      '\nExit codes: 0 yes or done, 1 found or refused, 2 unusable input, 3 unavailable.',
    );
  const verb = (name: string, description: string, parent: Command = program) =>
    parent.command(name).description(description).option('--json', 'print one JSON value');
  nodeVerbs(verb, run);
  recordVerbs(verb, run);
  folderVerbs(program, verb, run);
  ledgerVerbs(program, verb, run, port);
  return program;
}

/** Adds a verb with the options that every verb has. */
export type AddVerb = (name: string, description: string, parent?: Command) => Command;

function nodeVerbs(verb: AddVerb, run: RunVerb): void {
  verb(
    'init',
    'make a data folder: keys, certificates, one machine client, a ledger of its own or the way to a network',
  )
    .option('--data <folder>', DATA)
    .requiredOption('--org <id>', "the organisation's id, such as st-mary")
    .option('--name <name>', "the organisation's name")
    .option('--port <port>', 'port to serve at', port)
    .option('--public-url <url>', 'address that clients use')
    .option(
      '--profile <file>',
      "on Hyperledger Fabric: the organisation's connection.json, made later by holdfast ledger",
    )
    .option(
      '--founder <id=url>',
      'with --profile: who begins the ledger together; may be repeated',
      repeated,
      [],
    )
    .option('--administrator <login>', 'login of the first administrator (default: administrator)')
    .action((options) => run(async (output) => (await import('./verbs/init.ts')).init(options, output)));
  verb('start', 'serve the organisations of a data folder, or the demo consortium')
    .option('--demo', 'four organisations with synthetic patients (data in ./data/demo)')
    .option(
      '--fabric',
      'with --demo: on a Hyperledger Fabric network of its own, a process for each organisation',
    )
    .option('--ledger-port <port>', 'with --fabric: first port of the network', port)
    .option('--binaries <folder>', 'with --fabric: official Fabric binaries in place of built ones')
    .option('--reset', 'with --demo: remove the demo that is there and make it anew')
    .option('--data <folder>', DATA)
    .option('--host <address>', 'address to bind; with --fabric: the loopback address of every process')
    .option('--port <port>', 'port to serve at (0: a free one)', port)
    .option('--patients <count>', 'with --demo: how many patients a new demo has', patients)
    .option('--anchor-ms <ms>', 'time between two anchors', milliseconds)
    .option('--publish-ms <ms>', 'time between two checkpoints', milliseconds)
    .option('--staleness-ms <ms>', 'age of the ledger at which nothing is disclosed', milliseconds)
    .action((options) =>
      run(async (output) => {
        if (options.fabric === true && options.demo === true)
          return (await import('./verbs/start-fabric.ts')).startFabric(options, output);
        return (await import('./verbs/start.ts')).start(options, output);
      }),
    );
  verb('demo', 'a story in the terminal: grant, read, revoke, refused, verify, tamper, found')
    .option('--url <url>', 'tell it at a running demo (default: a consortium of its own, gone afterwards)')
    .option('--data <folder>', "with --url: that demo's data folder, of which a copy is tampered with")
    .option('--keep <folder>', 'where to keep receipts and policy')
    .action((options) => run(async (output) => (await import('./verbs/demo.ts')).demo(options, output)));
}

function recordVerbs(verb: AddVerb, run: RunVerb): void {
  verb('import', 'store FHIR R4 resources: .json, .ndjson, either with .gz, and folders of them')
    .argument('<path...>', 'files and folders')
    .requiredOption('--org <id>', 'organisation that stores them')
    .option('--data <folder>', 'into the data folder of a node that is stopped')
    .option('--url <url>', 'through a running node')
    .option('--store-bundles', 'store transaction and batch Bundles as resources, in place of executing them')
    .option('--client <id>', 'with --url: machine client (default: the demo’s)')
    .option('--secret-file <file>', "with --url: file with the client's secret (or HOLDFAST_CLIENT_SECRET)")
    .action((paths, options) =>
      run(async (output) => (await import('./verbs/import.ts')).importRecords(paths, options, output)),
    );
  verb('verify', 'check receipts, bundles or a log offline against the policies you trust')
    .argument('[file...]', 'receipts and receipt bundles')
    .option('--policy <file>', 'trust policy; may be repeated', repeated, [])
    .option('--content <file>', 'the content that one receipt is about')
    .option('--log <url>', 'check every entry of the log served at this address')
    .action((files, options) =>
      run(async (output) => (await import('./verbs/verify.ts')).verify(files, options, output)),
    );
}

function folderVerbs(program: Command, verb: AddVerb, run: RunVerb): void {
  verb('fsck', 'check a data folder, stopped or live: vault against log against ledger')
    .option('--data <folder>', DATA)
    .action((options) => run(async (output) => (await import('./verbs/fsck.ts')).fsck(options, output)));
  verb('backup', 'copy a data folder, stopped or live, to a new folder')
    .option('--data <folder>', DATA)
    .requiredOption('--to <folder>', 'empty folder, made when absent')
    .option('--keys', 'the key stores too, sealed under a key that expires (never the keyrings)')
    .action((options) => run(async (output) => (await import('./verbs/backup.ts')).backup(options, output)));
  verb('restore', 'make a data folder from a backup')
    .requiredOption('--from <folder>', 'the backup')
    .option('--data <folder>', `${DATA}, empty but for keyrings`)
    .option('--keyring <folder>', 'the original data folder, or a copy of its keyrings')
    .action((options) =>
      run(async (output) => (await import('./verbs/restore.ts')).restore(options, output)),
    );
  const users = program.command('users').description('the people of an organisation');
  verb('invite', 'a one-time link with which somebody sets a password, on a folder that is stopped', users)
    .option('--data <folder>', DATA)
    .requiredOption('--org <id>', 'organisation')
    .requiredOption('--login <login>', 'login; a new account is made when there is none')
    .option('--name <name>', 'the person’s name, for a new account')
    .option('--role <role>', 'for a new account; may be repeated', repeated, [])
    .option('--fhir-user <reference>', 'for a new account: their resource, such as Practitioner/12')
    .action((options) =>
      run(async (output) => (await import('./verbs/invite.ts')).inviteUser(options, output)),
    );
  const keys = program.command('keys').description("an organisation's keys");
  verb('rotate', 'wrap every key anew under a new key-encryption key', keys)
    .option('--data <folder>', DATA)
    .requiredOption('--org <id>', 'organisation')
    .action((options) => run(async (output) => (await import('./verbs/rotate.ts')).rotate(options, output)));
  program
    .command('bench')
    .description('run a benchmark; inside a checkout only')
    .argument('[name]')
    .allowUnknownOption()
    .argument('[arguments...]')
    .helpOption(false)
    .action((name, rest) => run(async () => (await import('./verbs/bench.ts')).bench(name, rest)));
}
