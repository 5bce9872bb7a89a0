import { dataFolder, folderConfiguration, passphraseFor, rotateOrganisationKeys } from '../../node/index.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';

/** Options of `holdfast keys rotate`. */
export interface RotateOptions {
  readonly data?: string;
  readonly org: string;
}

/** `holdfast keys rotate`: every key of an organisation wrapped anew; what they seal stays as it is. */
export async function rotate({ data, org }: RotateOptions, output: Output): Promise<ExitCode> {
  const configuration = folderConfiguration(dataFolder(data, process.env), process.env);
  const done = await rotateOrganisationKeys({
    configuration,
    organisation: org,
    passphrase: passphraseFor(configuration.mode, process.env),
    onProgress: (progress) =>
      output.progress(`${progress.done} of ${progress.total} keys, ${progress.dataKeys} data keys`),
  });
  output.line(`Rotated ${done.total} keys of ${org} and wrapped ${done.dataKeys} data keys anew.`);
  output.line('Keep a new copy of the keyring: copies made before open no key store from now on.');
  output.result({ organisation: org, keys: done.total, dataKeys: done.dataKeys });
  return EXIT.done;
}
