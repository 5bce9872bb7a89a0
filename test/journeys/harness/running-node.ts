import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
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
}

/** The line that `start --json` prints when it is ready. */
interface Ready {
  readonly url: string;
  readonly pid: number;
  readonly data: string;
  readonly organisations: readonly (string | { readonly id: string })[];
}

/** A node process. */
export interface RunningNode {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly data: string;
  readonly organisations: readonly string[];
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
const STOP_TIMEOUT_MS = 20_000; // a graceful stop finishes what is in flight

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
      child.kill('SIGKILL');
      fail(`not ready after ${timeoutMs} ms`);
    }, timeoutMs);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`it ended with ${code ?? signal}`);
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk;
      const line = stdout.split('\n').find((each) => each.startsWith('{') && each.endsWith('}'));
      if (line === undefined) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(JSON.parse(line) as Ready);
    });
  });
}

async function stopped(child: ChildProcess): Promise<number | null> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  const code = await exited(child);
  clearTimeout(timer);
  return code;
}

/** Starts `holdfast start` and resolves when it says that it is ready. The demo's data is made on the way where there is none. */
export async function startNode(options: StartOptions = {}): Promise<RunningNode> {
  const data = options.data ?? temporaryFolder('node');
  const port = options.port ?? (await freePort());
  const startedMs = performance.now();
  const child = spawn(NODE, commandLine(options, data, port), {
    cwd: ROOT,
    env: { ...process.env, CI: '', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written: string[] = [];
  const output = () => written.join('');
  child.stdout.on('data', (chunk: Buffer) => written.push(String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => written.push(String(chunk)));
  const ready = await readiness(child, output, options.startupTimeoutMs ?? STARTUP_TIMEOUT_MS);
  const organisations = ready.organisations.map((each) => (typeof each === 'string' ? each : each.id));
  const known = new Map<string, Organisation>();
  const node: RunningNode = {
    url: ready.url,
    port,
    pid: ready.pid,
    data,
    organisations,
    startedInMs: performance.now() - startedMs,
    output,
    running: () => child.exitCode === null && child.signalCode === null,
    send: (path, call) => send(port, path, call),
    organisation(id) {
      const found = known.get(id) ?? new Organisation(port, id);
      known.set(id, found);
      return found;
    },
    stop: () => stopped(child),
    async kill() {
      child.kill('SIGKILL');
      await exited(child);
    },
  };
  return node;
}
