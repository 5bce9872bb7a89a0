import {
  type Configuration,
  DEMO_PASSPHRASE,
  dataFolder,
  demoConfiguration,
  folderConfiguration,
  openDemo,
  parseConfiguration,
  passphraseFor,
  type RunningNode,
  removeDemo,
  requireDemoFolder,
  startNode,
} from '../../node/index.ts';
import { CliError, EXIT, type ExitCode } from '../exit-code.ts';
import { freePort, requireFree } from '../listening.ts';
import type { Output } from '../output.ts';
import { askedToStop } from '../signals.ts';

/** Options of `holdfast start`. */
export interface StartVerbOptions {
  readonly demo?: boolean;
  readonly reset?: boolean;
  readonly data?: string;
  readonly host?: string;
  readonly port?: number;
  readonly patients?: number;
  readonly anchorMs?: number;
  readonly publishMs?: number;
  readonly fabric?: boolean;
}

/** Where a demo lives when nothing is said. */
const DEMO_DATA = './data/demo';

function folder({ data, demo }: StartVerbOptions): string {
  return dataFolder(
    data ?? (demo === true ? (process.env.HOLDFAST_DATA ?? DEMO_DATA) : undefined),
    process.env,
  );
}

/** The folder's configuration with what the command line says, validated again as a whole. */
async function configurationOf(options: StartVerbOptions, data: string): Promise<Configuration> {
  const read = options.demo === true ? demoConfiguration : folderConfiguration;
  const { data: _data, ...file } = read(data, process.env);
  const { host, port = file.port, anchorMs, publishMs } = options;
  const given = {
    ...(host === undefined ? {} : { host }),
    // A free one is chosen here, since links and tokens name it.
    port: port === 0 ? await freePort(host ?? file.host) : port,
    ...(anchorMs === undefined ? {} : { anchorMs }),
    ...(publishMs === undefined ? {} : { publishMs }),
  };
  return parseConfiguration({ ...file, ...given }, data, {});
}

function announce(node: RunningNode, configuration: Configuration, output: Output): void {
  const { url } = node;
  const organisations = node.organisations.map(({ core }) => core.id);
  output.result({ url, pid: process.pid, data: configuration.data, organisations });
  output.line('');
  output.line(`Holdfast is ready: ${url}`);
  for (const { core } of node.organisations)
    output.line(`  ${core.id.padEnd(12)} ${core.name.padEnd(22)} ${url}/orgs/${core.id}/fhir`);
  output.line('');
  if (configuration.mode === 'demo') announceDemo(url, configuration, output);
  output.line('Ctrl-C stops it.');
}

function announceDemo(url: string, { data }: Configuration, output: Output): void {
  const lines = [
    'Every person in it is invented. In a browser, sign in as a patient, a clinician or a compliance officer.',
    `Who there is: curl -s ${url}/demo/personas`,
    '',
    'A token, and a first search:',
    `  TOKEN=$(curl -s -u demo:demo -d grant_type=client_credentials -d scope='system/*.cruds' \\`,
    `    ${url}/orgs/st-mary/auth/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    `  curl -s -H "Authorization: Bearer $TOKEN" '${url}/orgs/st-mary/fhir/Patient?_count=3'`,
    '',
    `The whole story in the terminal: npx holdfast demo --url ${url} --data ${data}`,
    `Check the data at any time:     npx holdfast fsck --data ${data}`,
    `The data stays in ${data}; --reset makes it anew. Its passphrase is public: "${DEMO_PASSPHRASE}"`,
    '',
  ];
  for (const line of lines) output.line(line);
}

/** `holdfast start`: serves until it is asked to stop; then finishes what is under way. */
export async function start(options: StartVerbOptions, output: Output): Promise<ExitCode> {
  const data = folder(options);
  const isForDemo = options.reset === true || options.patients !== undefined;
  if ((isForDemo || options.fabric === true) && options.demo !== true) {
    throw new CliError(
      EXIT.unusable,
      'usage',
      'Only a demo can be renewed, given patients or given a network of its own: add --demo.',
    );
  }
  if (options.demo === true) requireDemoFolder(data);
  const configuration = await configurationOf(options, data);
  const passphrase = passphraseFor(configuration.mode, process.env);
  await requireFree(configuration);
  // Only now, when nothing is in the way of making it anew.
  if (options.reset === true) removeDemo(data);
  if (options.demo === true) openDemo(data, { patients: options.patients, now: new Date() });
  const stopping = askedToStop();
  const node = await startNode({ configuration, passphrase, onProgress: (what) => output.progress(what) });
  announce(node, configuration, output);
  await stopping;
  output.line('Stopping: finishing what is under way.');
  await node.stop();
  return EXIT.done;
}
