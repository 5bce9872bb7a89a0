import { resolve } from 'node:path';
import { dataFolder, initialise } from '../../node/index.ts';
import { CliError, EXIT, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';

/** Options of `holdfast init`. */
export interface InitOptions {
  readonly data: string | undefined;
  readonly org: string;
  readonly name: string | undefined;
  readonly port: number | undefined;
  readonly publicUrl: string | undefined;
  readonly profile: string | undefined;
  readonly founder: readonly string[];
  readonly administrator: string | undefined;
}

/** The network named on the command line; undefined for the embedded engine. Throws CliError `usage`. */
function fabricOf({ profile, founder }: InitOptions) {
  if (profile === undefined && founder.length > 0)
    throw new CliError(
      EXIT.unusable,
      'usage',
      '--founder goes with --profile: an embedded ledger has one founder.',
    );
  if (profile === undefined) return undefined;
  const founders = founder.map((text) => {
    const at = text.indexOf('=');
    if (at < 1)
      throw new CliError(
        EXIT.unusable,
        'usage',
        `A founder is given as ID=URL, such as st-mary=https://st-mary.example; not ${text}.`,
      );
    return { id: text.slice(0, at), url: text.slice(at + 1).replace(/\/+$/, '') };
  });
  return { profile: resolve(profile), ...(founders.length === 0 ? {} : { founders }) };
}

/** `holdfast init`: a data folder with keys, certificates, an embedded ledger or the way to a network, one machine client, whose secret is shown once, and a link for the first administrator. */
export async function init(options: InitOptions, output: Output): Promise<ExitCode> {
  const { org, name, port, publicUrl, administrator } = options;
  const data = dataFolder(options.data, process.env);
  const fabric = fabricOf(options);
  const made = await initialise({
    ...{ data, org, name, port, publicUrl, administrator, fabric },
    environment: process.env,
  });
  output.line(`Made ${made.organisation} in ${made.data}.`);
  output.line(`Machine client: ${made.client.id}`);
  output.line(`Its secret, shown this once: ${made.client.secret}`);
  output.line(
    `The offline root's key is sealed in ${made.offlineRoot}: move it to a place without a network.`,
  );
  output.line(`Start it: holdfast start --data ${made.data}`);
  output.line(
    `Then the first administrator, login "${made.administrator.login}", sets a password here (once, within a week):`,
  );
  output.line(`  ${made.administrator.url}`);
  output.result(made);
  return EXIT.done;
}
