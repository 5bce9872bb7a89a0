import { readFileSync } from 'node:fs';
import {
  dataFolder,
  folderConfiguration,
  folderTarget,
  httpTarget,
  type ImportReport,
  type ImportTarget,
  importFiles,
  passphraseFor,
} from '../../node/index.ts';
import { CliError, EXIT, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';
import { askedToStop } from '../signals.ts';

/** Options of `holdfast import`. */
export interface ImportOptions {
  readonly org: string;
  readonly data?: string;
  readonly url?: string;
  readonly storeBundles?: boolean;
  readonly client?: string;
  readonly secretFile?: string;
}

/** Refusals shown to people; `--json` has them all. */
const MAX_SHOWN = 50; // two screens

function clientOf({ client, secretFile }: ImportOptions): { id: string; secret: string } | undefined {
  if (client === undefined) return undefined;
  const secret =
    secretFile === undefined ? process.env.HOLDFAST_CLIENT_SECRET : readFileSync(secretFile, 'utf8').trim();
  if (secret === undefined || secret === '') {
    throw new CliError(
      EXIT.unusable,
      'secret-needed',
      `Give the secret of ${client} with --secret-file or HOLDFAST_CLIENT_SECRET.`,
    );
  }
  return { id: client, secret };
}

async function targetOf(options: ImportOptions, output: Output): Promise<ImportTarget> {
  const { org: organisation, data, url } = options;
  if ((data === undefined) === (url === undefined)) {
    throw new CliError(
      EXIT.unusable,
      'usage',
      'Name either --data, a stopped node’s folder, or --url, a running node.',
    );
  }
  if (url !== undefined)
    return httpTarget({ url, organisation, client: clientOf(options), environment: process.env });
  const configuration = {
    ...folderConfiguration(dataFolder(data, process.env), process.env),
    log: 'error' as const,
  };
  const passphrase = passphraseFor(configuration.mode, process.env);
  return folderTarget({
    configuration,
    organisation,
    passphrase,
    onProgress: (what) => output.progress(what),
  });
}

function tell(
  { read, stored, unchanged, refused, skipped, complete, resumed }: ImportReport,
  output: Output,
): void {
  for (const { file, line, resource, element, rule, message } of refused.slice(0, MAX_SHOWN)) {
    output.line(`REFUSED  ${file}:${line} ${resource} ${element}\n    ${rule}: ${message}`);
  }
  if (refused.length > MAX_SHOWN)
    output.line(`… and ${refused.length - MAX_SHOWN} more: --json lists them all.`);
  for (const { file } of skipped.slice(0, MAX_SHOWN)) output.line(`skipped  ${file}: no FHIR`);
  if (resumed > 0) output.line(`${resumed} files had been imported before the interruption.`);
  output.line(`${read} read: ${stored} stored, ${unchanged} unchanged, ${refused.length} refused.`);
  if (!complete) output.line('Stopped before the end: run it again to go on.');
}

/** `holdfast import`: exit code 1 when something was refused, 3 when it was stopped. */
export async function importRecords(
  paths: readonly string[],
  options: ImportOptions,
  output: Output,
): Promise<ExitCode> {
  const target = await targetOf(options, output);
  const stop = new AbortController();
  void askedToStop().then(() => stop.abort());
  try {
    const report = await importFiles({
      paths,
      target,
      storeBundles: options.storeBundles === true,
      onProgress: (what) => output.progress(what),
      signal: stop.signal,
    });
    output.progress('publishing the log');
    tell(report, output);
    output.result(report);
    if (!report.complete) return EXIT.unavailable;
    return report.refused.length === 0 ? EXIT.done : EXIT.found;
  } finally {
    await target.close();
  }
}
