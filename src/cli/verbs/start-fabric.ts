import { join, resolve } from 'node:path';
import {
  DEMO_PASSPHRASE,
  type DemoNetwork,
  demoProfile,
  type FabricConsortium,
  layOutConsortium,
  openDemoNetwork,
  removeConsortium,
  removeDemoNetwork,
} from '../../node/index.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { requireFree } from '../listening.ts';
import { type NodeProcess, startNodeProcess } from '../node-process.ts';
import type { Output } from '../output.ts';
import { askedToStop } from '../signals.ts';

/** Where the demo on Fabric lives when nothing is said. */
const DEFAULT_DATA = './data/fabric';
const DEFAULT_PORT = 8471; // FORMATS §8: the first of four
const DEFAULT_LEDGER_PORT = 7050; // Fabric's own

/** Options of `holdfast start --demo --fabric`. */
export interface StartFabricOptions {
  readonly data?: string;
  readonly reset?: boolean;
  readonly port?: number;
  readonly ledgerPort?: number;
  readonly patients?: number;
  readonly anchorMs?: number;
  readonly publishMs?: number;
  readonly binaries?: string;
}

function nodeArguments(data: string, { anchorMs, publishMs }: StartFabricOptions): string[] {
  const given = { '--anchor-ms': anchorMs, '--publish-ms': publishMs };
  const options = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [name, String(value)],
  );
  return ['start', '--demo', '--data', data, ...options];
}

/** All four start at once: the ledger begins only when every founder is there. */
async function startNodes(
  { members }: FabricConsortium,
  options: StartFabricOptions,
  output: Output,
): Promise<NodeProcess[]> {
  const starting = members.map(({ id, data }) =>
    startNodeProcess(nodeArguments(data, options), (line) => output.progress(`${id}: ${line}`)),
  );
  const started = await Promise.allSettled(starting);
  const running = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failed = started.find((each) => each.status === 'rejected');
  if (failed === undefined) return running;
  await Promise.all(running.map((node) => node.stop()));
  throw failed.reason;
}

function announce(
  consortium: FabricConsortium,
  nodes: readonly NodeProcess[],
  seconds: string,
  output: Output,
): void {
  const organisations = consortium.members.map(({ id, url, port, data }, at) => ({
    ...{ id, url, port, data },
    pid: nodes[at]?.pid ?? 0,
  }));
  const [first] = organisations;
  output.result({
    url: first?.url,
    pid: process.pid,
    data: consortium.path,
    network: consortium.network,
    organisations,
  });
  output.line('');
  output.line(
    `Holdfast is ready on Hyperledger Fabric after ${seconds} s: four organisations, each with its own processes`,
  );
  for (const { id, name, url } of consortium.members)
    output.line(`  ${id.padEnd(12)} ${name.padEnd(22)} ${url}`);
  output.line('');
  output.line('Every person in it is invented. Open any of the addresses in a browser and sign in.');
  output.line(`How the network is: npx holdfast ledger status --data ${consortium.network}`);
  output.line(
    `The data stays in ${consortium.path}; --reset makes it anew. Its passphrase is public: "${DEMO_PASSPHRASE}"`,
  );
  output.line('Ctrl-C stops it.');
}

/** Resolves when a node has ended that nobody asked to. */
const anyEnded = (nodes: readonly NodeProcess[]): Promise<unknown> =>
  Promise.race(nodes.map(({ ended }) => ended));

/** `holdfast start --demo --fabric`: the demo consortium on a Fabric network of its own, one Holdfast process for each organisation. */
export async function startFabric(options: StartFabricOptions, output: Output): Promise<ExitCode> {
  const startedMs = performance.now();
  const path = resolve(options.data ?? DEFAULT_DATA);
  const onProgress = (what: string) => output.progress(what);
  if (options.reset === true) {
    removeConsortium(path);
    await removeDemoNetwork(join(path, 'network'));
  }
  const consortium = await layOutConsortium({
    path,
    port: options.port ?? DEFAULT_PORT,
    patients: options.patients,
    profileOf: demoProfile,
    now: new Date(),
  });
  for (const { port } of consortium.members) await requireFree({ host: '127.0.0.1', port });
  const stopping = askedToStop();
  const network: DemoNetwork = await openDemoNetwork({
    consortium,
    basePort: options.ledgerPort ?? DEFAULT_LEDGER_PORT,
    binaries: options.binaries,
    environment: process.env,
    onProgress,
  });
  let nodes: NodeProcess[] = [];
  try {
    nodes = await startNodes(consortium, options, output);
    announce(consortium, nodes, ((performance.now() - startedMs) / 1000).toFixed(1), output);
    const asked = await Promise.race([stopping.then(() => true), anyEnded(nodes).then(() => false)]);
    output.line(
      asked ? 'Stopping: finishing what is under way.' : 'A node has ended by itself: stopping the others.',
    );
    return asked ? EXIT.done : EXIT.unavailable;
  } finally {
    // Nodes first: what they acknowledged last gets its checkpoint and anchor while the ledger is there.
    await Promise.all(nodes.map((node) => node.stop()));
    await network.stop();
  }
}
