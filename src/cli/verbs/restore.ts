import { dataFolder, restoreFolder } from '../../node/index.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';

/** Options of `holdfast restore`. */
export interface RestoreOptions {
  readonly from: string;
  readonly data?: string;
  readonly keyring?: string;
}

/** `holdfast restore`: a data folder from a backup, in which what was erased stays erased. */
export async function restore({ from, data, keyring }: RestoreOptions, output: Output): Promise<ExitCode> {
  const restored = await restoreFolder({
    from,
    data: dataFolder(data, process.env),
    ...(keyring === undefined ? {} : { keyring }),
    environment: process.env,
    onProgress: (what) => output.progress(what),
  });
  output.line(`Restored the records of ${restored.time} into ${restored.data}.`);
  for (const { id, keyStore, erasures } of restored.organisations) {
    output.line(`  ${id.padEnd(12)} key store: ${keyStore}; erasures carried out again: ${erasures}`);
  }
  for (const note of restored.notes) output.line(`Note: ${note}`);
  output.result(restored);
  return EXIT.done;
}
