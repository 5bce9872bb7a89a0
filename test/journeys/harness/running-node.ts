import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { COMMAND, NODE, ROOT, temporaryFolder } from './checkout.ts';
import { type Answer, type Call, send } from './http.ts';
import { Organisation } from './organisation.ts';

/** How a node is started. */
export interface StartOptions {
  /** Demo patients; 8 when left out, of which six have records at several organisations. */
  readonly patients?: number;
  /** An existing data folder; a new temporary one when left out. */
  readonly data?: string;
  /** False for a folder that `init` made. */
  readonly demo?: boolean;
  readonly port?: number;
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly startupTimeoutMs?: number;
  /** Hears everything that it writes, as it comes: also before it is ready. */
  readonly onOutput?: (text: string) => void;
  /** One of its own, where one that runs already would do otherwise. For tests that stop or break it. */
  readonly own?: boolean;
  /** The engine; what HOLDFAST_TEST_ENGINE says when left out, the embedded one when it says nothing. */
  readonly engine?: Engine;
}

/** Engines that journeys run on. */
export type Engine = 'embedded' | 'fabric';

/** The engine that this run is for. */
export const ENGINE: Engine = process.env.HOLDFAST_TEST_ENGINE === 'fabric' ? 'fabric' : 'embedded';

/** The line that `start --json` prints when it is ready. */
interface Ready {
  readonly url: string;
  readonly pid: number;
  readonly data: string;
  readonly organisations: readonly (
    | string
    | { readonly id: string; readonly port?: number; readonly pid?: number }
  )[];
  /** The Fabric network's folder. */
  readonly network?: string;
}

/** A node process. */
export interface RunningNode {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly data: string;
  readonly organisations: readonly string[];
  /** Process of each organisation's node: one and the same on the embedded engine. */
  readonly pids: ReadonlyMap<string, number>;
  /** Data folder of an organisation's node: one and the same on the embedded engine. */
  dataOf(organisation: string): string;
  /** Folder of the Fabric network; undefined on the embedded engine. */
  readonly network: string | undefined;
  /** From start until ready, in milliseconds. */
  readonly startedInMs: number;
  /** Everything it wrote so far, both streams. */
  output(): string;
  running(): boolean;
  send(path: string, call?: Call): Promise<Answer>;
  organisation(id: string): Organisation;
  /** Asks it to stop; its exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

const STARTUP_TIMEOUT_MS = 60_000; // a full demo on a busy machine
const FABRIC_STARTUP_TIMEOUT_MS = 600_000; // the binaries are built first where they are not yet
const STOP_TIMEOUT_MS = 20_000; // a graceful stop finishes what is in flight
const FABRIC_STOP_TIMEOUT_MS = 90_000; // four nodes, then twelve processes of the network

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });
}

/** What was started and may still run: a hook that timed out left it behind. */
const children = new Map<ChildProcess, Engine>();
if (process.env.VITEST !== undefined) {
  const { afterAll } = await import('vitest');
  afterAll(async () => {
    for (const [child, engine] of children) {
      if (child.exitCode === null && child.signalCode === null) await stopped(child, engine);
    }
    children.clear();
  }, FABRIC_STOP_TIMEOUT_MS);
}

/** Ports that nothing else uses in this test run: each worker and each start has a range of its own. */
let started = 0;
const RANGE = 100; // four organisations with ten ports each, four nodes, and some to grow
/** Below the ports that the system gives to outgoing connections (Linux: from 32768), any of which may be taken. */
const RANGES = 125;
const ledgerPort = (): number => 20_000 + ((process.pid * 7 + started++) % RANGES) * RANGE;

function fabricCommandLine(options: StartOptions, data: string): string[] {
  const first = options.port ?? ledgerPort();
  const ports = ['--port', String(first + 90), '--ledger-port', String(first)];
  const given = options.arguments ?? ['--anchor-ms', '1000', '--publish-ms', '200'];
  const patients = ['--patients', String(options.patients ?? 8)];
  return [COMMAND, 'start', '--demo', '--fabric', ...patients, '--data', data, ...ports, '--json', ...given];
}

function commandLine(options: StartOptions, data: string, port: number): string[] {
  const demo = options.demo === false ? [] : ['--demo', '--patients', String(options.patients ?? 8)];
  const quick = ['--anchor-ms', '1000', '--publish-ms', '200'];
  const given = options.arguments ?? (options.demo === false ? [] : quick);
  return [COMMAND, 'start', ...demo, '--data', data, '--port', String(port), '--json', ...given];
}

function exited(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

/** The ready line; rejects with everything the process wrote when it ends or takes too long before it. */
function readiness(child: ChildProcess, output: () => string, timeoutMs: number): Promise<Ready> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    const fail = (why: string) => reject(new Error(`the node did not start: ${why}\n${output()}`));
    const timer = setTimeout(() => {
      // Asked, not killed: on Fabric it has sixteen processes to stop first.
      child.kill('SIGTERM');
      fail(`not ready after ${timeoutMs} ms`);
    }, timeoutMs);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`it ended with ${code ?? signal}`);
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk;
      const line = stdout.split('\n').find((each) => each.startsWith('{"url"') && each.endsWith('}'));
      if (line === undefined) return;
      if ('error' in JSON.parse(line)) return fail(line);
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(JSON.parse(line) as Ready);
    });
  });
}

async function stopped(child: ChildProcess, engine: Engine): Promise<number | null> {
  child.kill('SIGTERM');
  const timeoutMs = engine === 'fabric' ? FABRIC_STOP_TIMEOUT_MS : STOP_TIMEOUT_MS;
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const code = await exited(child);
  clearTimeout(timer);
  return code;
}

/** A file with the ready line of a consortium that runs already, for journeys that only use it. */
const SHARED = process.env.HOLDFAST_TEST_RUNNING;

/** The consortium that runs already; undefined where a test needs another or there is none. */
function shared(options: StartOptions, engine: Engine): RunningNode | undefined {
  const isPlain = options.own !== true && options.data === undefined && options.environment === undefined;
  if (engine !== ENGINE || SHARED === undefined || !isPlain) return undefined;
  const ready = JSON.parse(readFileSync(SHARED, 'utf8')) as Ready;
  return runningNode(ready, engine, {
    startedInMs: 0,
    output: () => '',
    running: () => true,
    // It goes on for the next test.
    stop: async () => 0,
    kill: async () => undefined,
  });
}

/** The port of each organisation's node. */
function portsOf(ready: Ready, port: number): Map<string, number> {
  return new Map(
    ready.organisations.map((each) =>
      typeof each === 'string' ? [each, port] : [each.id, each.port ?? port],
    ),
  );
}

/** Which organisation's node a request is for, where they are several: the one in its path, or in a demo sign-in's body. */
function destination(path: string, call: Call | undefined): string | undefined {
  const [, organisation] = /^\/orgs\/([^/?]+)/.exec(path) ?? [];
  if (organisation !== undefined || path !== '/demo/sign-in' || typeof call?.body !== 'string')
    return organisation;
  try {
    return JSON.parse(call.body).organisation;
  } catch {
    return undefined;
  }
}

/** What a node's own process tells and takes. */
type Process = Pick<RunningNode, 'startedInMs' | 'output' | 'running' | 'stop' | 'kill'>;

function runningNode(ready: Ready, engine: Engine, own: Process): RunningNode {
  const port = Number(new URL(ready.url).port);
  const ports = portsOf(ready, port);
  const known = new Map<string, Organisation>();
  return {
    ...own,
    url: ready.url,
    port,
    pid: ready.pid,
    data: ready.data,
    organisations: [...ports.keys()],
    pids: new Map(
      ready.organisations.map((each) =>
        typeof each === 'string' ? [each, ready.pid] : [each.id, each.pid ?? ready.pid],
      ),
    ),
    dataOf: (id) => (engine === 'fabric' ? join(ready.data, id) : ready.data),
    network: ready.network,
    send: (path, call) => send(ports.get(destination(path, call) ?? '') ?? port, path, call),
    organisation(id) {
      const found = known.get(id) ?? new Organisation(ports.get(id) ?? port, id);
      known.set(id, found);
      return found;
    },
  };
}

/** Starts `holdfast start` and resolves when it says that it is ready. The demo's data is made on the way where there is none. */
export async function startNode(options: StartOptions = {}): Promise<RunningNode> {
  const engine = options.demo === false ? 'embedded' : (options.engine ?? ENGINE);
  const running = shared(options, engine);
  if (running !== undefined) return running;
  const data = options.data ?? temporaryFolder('node');
  const startedMs = performance.now();
  const asked = engine === 'fabric' ? 0 : (options.port ?? (await freePort()));
  const line = engine === 'fabric' ? fabricCommandLine(options, data) : commandLine(options, data, asked);
  const child = spawn(NODE, line, {
    cwd: ROOT,
    env: { ...process.env, CI: '', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.set(child, engine);
  const written: string[] = [];
  const output = () => written.join('');
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      written.push(String(chunk));
      options.onOutput?.(String(chunk));
    });
  const patience = engine === 'fabric' ? FABRIC_STARTUP_TIMEOUT_MS : STARTUP_TIMEOUT_MS;
  const ready = await readiness(child, output, options.startupTimeoutMs ?? patience);
  return runningNode(ready, engine, {
    startedInMs: performance.now() - startedMs,
    output,
    running: () => child.exitCode === null && child.signalCode === null,
    stop: () => stopped(child, engine),
    async kill() {
      child.kill('SIGKILL');
      await exited(child);
    },
  });
}
