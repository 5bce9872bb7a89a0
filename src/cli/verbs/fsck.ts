import { checkFolder, dataFolder, folderConfiguration, passphraseFor } from '../../node/index.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';

/** Options of `holdfast fsck`. */
export interface FsckVerbOptions {
  readonly data?: string;
}

/** `holdfast fsck`: exit code 1 when something is wrong, each finding naming the record, log or block. */
export async function fsck({ data }: FsckVerbOptions, output: Output): Promise<ExitCode> {
  const configuration = folderConfiguration(dataFolder(data, process.env), process.env);
  const passphrase = passphraseFor(configuration.mode, process.env);
  const report = await checkFolder({
    configuration,
    passphrase,
    onProgress: (what) => output.progress(what),
  });
  const { checked, problems, ok } = report;
  for (const { code, organisation, object, detail } of problems)
    output.line(`${code}  ${organisation}  ${object}\n    ${detail}`);
  const amount = [
    `${checked.organisations} organisations`,
    `${checked.resources} resources in ${checked.versions} versions`,
    `${checked.entries} log entries`,
    `${checked.mirrored} mirrored`,
    `${checked.blocks} blocks`,
  ].join(', ');
  output.line(ok ? `All is well: ${amount}.` : `${problems.length} problems; checked ${amount}.`);
  output.result(report);
  return ok ? EXIT.done : EXIT.found;
}
