import { resolve } from 'node:path';
import {
  backupOrganisation,
  networkBinaries,
  openLedgerNetwork,
  type RestoredOrganisation,
  restoreOrganisation,
} from '../../../node/index.ts';
import { EXIT, type ExitCode } from '../../exit-code.ts';
import type { Output } from '../../output.ts';
import {
  type NetworkOptions,
  networkPath,
  organisationGiven,
  passphraseOf,
  programs,
} from './network-options.ts';

/** Options of `holdfast ledger backup`. */
export interface BackupOptions extends NetworkOptions {
  readonly org: string;
  readonly to: string;
  readonly keys?: boolean;
}

/** Options of `holdfast ledger restore`. */
export interface RestoreOptions extends NetworkOptions {
  readonly org: string;
  readonly from: string;
  readonly keyring?: string;
  readonly processKeys?: string;
}

const MIB = 1024 * 1024; // bytes

/** `holdfast ledger backup`: one organisation's part of a network, while the rest of it runs. */
export async function backup(options: BackupOptions, output: Output): Promise<ExitCode> {
  const onProgress = (what: string) => output.progress(what);
  const organisation = organisationGiven(options.org);
  const context = await openLedgerNetwork(networkPath(options), programs(options, onProgress));
  const manifest = await backupOrganisation({
    ...{ context, organisation, to: options.to, environment: process.env, onProgress },
    ...(options.keys === true ? { keysWith: passphraseOf([organisation])() } : {}),
  });
  const { files, keys, node, time } = manifest;
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const what = node ? 'network and node' : 'network alone';
  output.line(
    `Backed up ${organisation.id}, ${what}: ${files.length} files, ${(sizeBytes / MIB).toFixed(1)} MiB.`,
  );
  output.line(
    keys === undefined
      ? "It holds no key: to restore it you need the keys in the network's folder, and the keyring of the data folder."
      : `The keys in it open until ${keys.expires}, and only with the keyring as it is now. Keep a copy of that apart.`,
  );
  output.result({
    to: resolve(options.to),
    organisation: organisation.id,
    time,
    node,
    keys,
    files: files.length,
    sizeBytes,
  });
  return EXIT.done;
}

/** `holdfast ledger restore`: puts one organisation's part back; what happened since comes from the other members. */
export async function restore(options: RestoreOptions, output: Output): Promise<ExitCode> {
  const onProgress = (what: string) => output.progress(what);
  const organisation = organisationGiven(options.org);
  const path = networkPath(options);
  const { from, keyring, processKeys } = options;
  const restored = await restoreOrganisation({
    ...{ from, network: path, organisation, passphrase: passphraseOf([organisation]) },
    binaries: await networkBinaries(path, programs(options, onProgress)),
    ...(keyring === undefined ? {} : { keyring }),
    ...(processKeys === undefined ? {} : { processKeys }),
    environment: process.env,
    onProgress,
  });
  tell(restored, output);
  output.result(restored);
  return EXIT.done;
}

function tell({ organisation, network, time, node }: RestoredOrganisation, output: Output): void {
  output.line(`Restored ${organisation} as it was at ${time} into ${network}.`);
  for (const note of node?.notes ?? []) output.line(`Note: ${note}`);
  output.line(
    `Start it: holdfast ledger up --data ${network}. Its peer and orderer then catch up by themselves.`,
  );
}
