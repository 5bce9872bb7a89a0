import { join, resolve } from 'node:path';
import {
  chaincodeSource,
  dataFolder,
  type Migrated,
  migrateLedger,
  networkBinaries,
} from '../../../node/index.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import type { Output } from '../../output.ts';
import { bringUp } from './bring-up.ts';
import { type NetworkOptions, programs } from './network-options.ts';

/** Options of `holdfast ledger migrate`. */
export interface MigrateOptions extends Pick<NetworkOptions, 'binaries'> {
  readonly data?: string;
  readonly to: string;
  readonly network?: string;
  readonly close?: boolean;
  readonly port?: number;
  readonly basePort: number;
  readonly chaincode?: string;
  readonly blockMs?: number;
}

/** `holdfast ledger migrate`: from the embedded engine to a Fabric network of the same members. Safe to run again until it is done. */
export async function migrate(options: MigrateOptions, output: Output): Promise<ExitCode> {
  const { data, to, network, close = false, port } = options;
  // Closing is for good: what would stop the migration afterwards is looked for before.
  await networkBinaries(
    resolve(network ?? join(to, 'network')),
    programs(options, (what) => output.progress(what)),
  );
  chaincodeSource(options.chaincode);
  const migrated = await migrateLedger({
    ...{ data: dataFolder(data, process.env), to, close },
    ...(network === undefined ? {} : { network }),
    ...(port === undefined ? {} : { port }),
    environment: process.env,
    onProgress: (what) => output.progress(what),
    startNetwork: async (wanted) => {
      await bringUp({ ...options, ...wanted }, output);
    },
  });
  tell(migrated, output);
  output.result(migrated);
  return EXIT.done;
}

function tell(
  { ledger, closed, height, before, after, organisations, network, signers }: Migrated,
  output: Output,
): void {
  const began = height === undefined ? 'it had begun there before' : `its first block there is ${height}`;
  output.line(`Ledger ${ledger} was closed at height ${closed.height} and goes on in ${network}; ${began}.`);
  output.line(`State before: ${before.state} (${before.entries} values)`);
  output.line(`State after:  ${after.state} (${after.entries} values): equal`);
  output.line(`Signed by ${signers.join(', ')}.`);
  output.line('Start each organisation with its own folder:');
  for (const { data, url } of organisations) output.line(`  holdfast start --data ${data}    # ${url}`);
  output.line(`The network runs, supervised: holdfast ledger status --data ${network}`);
  output.line('The old folder is kept as it was closed; no node opens it any more.');
}
