import type { Command } from 'commander';
import type { AddVerb, RunVerb } from './program.ts';
import { wholeNumber } from './whole-number.ts';

/** First port of a network when nothing is said: Fabric's own. */
export const LEDGER_BASE_PORT = 7050; // as Fabric's samples have it
/** Option text: Fabric's programs. */
export const BINARIES = "folder of Fabric's official binaries (default: built with Go, once)";
/** Option text: what a snapshot is held against. */
export const SNAPSHOT_HASH =
  'its hash, as ledger snapshot prints it and more than half of the members tell it';
/** Option text: how blocks are cut. */
export const BLOCK_MS = 'how long a block of a new channel waits for transactions, 1 to 1000 (default: 100)';
/** Half of what followers wait before they forward a request to the leader (SmartBFT RequestForwardTimeout, 2 s); after 8 s they depose it. */
const MAX_BLOCK_MS = 1_000;
/** Reads {@link BLOCK_MS}. */
export const blockMs = wholeNumber(1, MAX_BLOCK_MS);
const blockNumber = wholeNumber(1, Number.MAX_SAFE_INTEGER);
/** Option text: the organisation that a verb is about. */
export const OWN = 'the organisation: its id, or id=FOLDER with its Holdfast data folder';

/** What the verbs are added with. */
export interface LedgerVerbs {
  readonly ledger: Command;
  /** Adds a verb about a network's folder. */
  readonly network: (name: string, description: string) => Command;
  readonly verb: AddVerb;
  readonly run: RunVerb;
  readonly port: (text: string) => number;
}

/** `holdfast ledger migrate`, `backup`, `restore`, `snapshot`, `join-from`: what moves a ledger and what keeps it. */
export function upkeepVerbs(verbs: LedgerVerbs): void {
  migrateVerb(verbs);
  backupVerbs(verbs);
  snapshotVerbs(verbs);
}

function migrateVerb({ ledger, verb, run, port }: LedgerVerbs): void {
  verb(
    'migrate',
    'move the ledger of a data folder from the embedded engine to a network of its members',
    ledger,
  )
    .option('--data <folder>', 'the data folder, its node stopped (default: HOLDFAST_DATA, else ./data)')
    .requiredOption('--to <folder>', 'folder for the data folders that each organisation gets')
    .option('--network <folder>', "the network's folder (default: network below --to)")
    .option('--close', 'close the ledger first, for good: the organisations whose keys are here agree')
    .option('--port <port>', "port of the first organisation's node; the others follow", port)
    .option(
      '--base-port <port>',
      'first port of the network; an organisation takes ten',
      port,
      LEDGER_BASE_PORT,
    )
    .option('--binaries <folder>', BINARIES)
    .option('--chaincode <file>', 'another chaincode bundle than the shipped one')
    .option('--block-ms <ms>', BLOCK_MS, blockMs)
    .action((options) =>
      run(async (output) => (await import('./verbs/ledger/migrate.ts')).migrate(options, output)),
    );
}

function backupVerbs({ network, run }: LedgerVerbs): void {
  const verbs = () => import('./verbs/ledger/backup.ts');
  network('backup', "copy one organisation's part of a network, which goes on meanwhile")
    .requiredOption('--org <id>', OWN)
    .requiredOption('--to <folder>', 'empty folder, made when absent')
    .option('--keys', 'the keys too, sealed under a key that expires (never the keyring)')
    .action((options) => run(async (output) => (await verbs()).backup(options, output)));
  network('restore', "put one organisation's part of a network back from a backup")
    .requiredOption('--org <id>', OWN)
    .requiredOption('--from <folder>', 'the backup')
    .option('--keyring <folder>', 'the original data folder, or a copy of its keyring')
    .option('--process-keys <folder>', "the network's folder as it was, or a copy of its keys")
    .action((options) => run(async (output) => (await verbs()).restore(options, output)));
}

function snapshotVerbs({ network, run }: LedgerVerbs): void {
  const verbs = () => import('./verbs/ledger/snapshot.ts');
  network('snapshot', 'make a snapshot of the state at every peer here, compare them and keep one')
    .requiredOption('--to <folder>', 'empty folder, made when absent')
    .option('--block <number>', 'a block to come that members agreed on (default: the newest)', blockNumber)
    .action((options) => run(async (output) => (await verbs()).snapshot(options, output)));
  network('join-from', 'have a peer that has no blocks join from a snapshot in place of block 0')
    .requiredOption('--org <id>', 'the organisation')
    .requiredOption('--snapshot <folder>', 'the snapshot')
    .requiredOption('--snapshot-hash <hex>', SNAPSHOT_HASH)
    .action((options) => run(async (output) => (await verbs()).joinFrom(options, output)));
}
