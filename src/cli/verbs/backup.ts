import { resolve } from 'node:path';
import { backupFolder, dataFolder, folderConfiguration, passphraseFor } from '../../node/index.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';

/** Options of `holdfast backup`. */
export interface BackupOptions {
  readonly data?: string;
  readonly to: string;
  readonly keys?: boolean;
}

const MIB = 1024 * 1024; // bytes

/** `holdfast backup`: a consistent copy of a data folder; a node that has it open goes on. */
export async function backup(options: BackupOptions, output: Output): Promise<ExitCode> {
  const configuration = folderConfiguration(dataFolder(options.data, process.env), process.env);
  const withKeys = options.keys === true;
  const manifest = await backupFolder({
    configuration,
    to: options.to,
    ...(withKeys ? { keysWith: passphraseFor(configuration.mode, process.env) } : {}),
    onProgress: (what) => output.progress(what),
  });
  const { files, organisations, ledger, time } = manifest;
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  output.line(
    `Backed up ${organisations.length} organisations in ${files.length} files, ${(sizeBytes / MIB).toFixed(1)} MiB.`,
  );
  const expires = organisations.flatMap(({ keys }) => keys?.expires ?? []).sort();
  output.line(
    withKeys
      ? `The key stores in it open until ${expires[0] ?? 'they are made'}, and only with the keyrings as they are now.`
      : 'It holds no key: to restore it you need the key stores and keyrings of the data folder.',
  );
  output.line('Keep a copy of the keyrings and the passphrase apart from it.');
  output.result({ to: resolve(options.to), time, files: files.length, sizeBytes, ledger, organisations });
  return EXIT.done;
}
