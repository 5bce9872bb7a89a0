import { dataFolder, initialise } from '../../node/index.ts';
import type { ExitCode } from '../exit-code.ts';
import { EXIT } from '../exit-code.ts';
import type { Output } from '../output.ts';

/** Options of `holdfast init`. */
export interface InitOptions {
  readonly data: string | undefined;
  readonly org: string;
  readonly name: string | undefined;
  readonly port: number | undefined;
  readonly publicUrl: string | undefined;
  readonly administrator: string | undefined;
}

/** `holdfast init`: a data folder with keys, certificates, an embedded ledger one machine client, whose secret is shown once, and a link for the first administrator. */
export async function init(options: InitOptions, output: Output): Promise<ExitCode> {
  const { org, name, port, publicUrl, administrator } = options;
  const data = dataFolder(options.data, process.env);
  const made = await initialise({
    data,
    org,
    name,
    port,
    publicUrl,
    administrator,
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
