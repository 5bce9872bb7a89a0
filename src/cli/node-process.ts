import { type ChildProcess, spawn } from 'node:child_process';
import { CliError, EXIT } from './exit-code.ts';

/** A node that is asked to stop finishes what is under way first. */
const STOP_TIMEOUT_MS = 30_000; // three times the grace of its server

/** One node in a process of its own. */
export interface NodeProcess {
  readonly pid: number;
  /** Resolves when it has ended, with its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Asks it to stop and waits; kills it when it takes too long. */
  stop(): Promise<void>;
}

/**
 * Starts this very program with a verb of its own and resolves when it prints the JSON line that says that it is ready.
 * What it writes to standard error goes to `onProgress` line by line. Throws CliError `unavailable` when it ends before.
 */
export async function startNodeProcess(
  given: readonly string[],
  onProgress: (line: string) => void,
): Promise<NodeProcess> {
  const [, program = ''] = process.argv;
  const child = spawn(process.execPath, [...process.execArgv, program, ...given, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches the parent alone, which stops everything in order.
    detached: true,
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const written: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => {
    for (const line of String(chunk)
      .split('\n')
      .filter((each) => each !== '')) {
      written.push(line);
      onProgress(line);
    }
  });
  await readiness(child, ended, written);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  };
  return { pid: child.pid ?? 0, ended, stop };
}

/** Lines of a process that did not start which are worth repeating. */
const LAST_LINES = 5; // its complaint stands at the end

function readiness(
  child: ChildProcess,
  ended: Promise<number | null>,
  written: readonly string[],
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once('error', reject);
  let stdout = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk;
    // A node that cannot start prints its error as JSON too, and then ends.
    if (stdout.split('\n').some((line) => line.startsWith('{"url"') && line.endsWith('}'))) resolve();
  });
  void ended.then((code) =>
    reject(
      new CliError(
        EXIT.unavailable,
        'unavailable',
        `A node ended with ${code ?? 'a signal'} before it was ready: ${[...written.slice(-LAST_LINES), stdout.trim()].join(' ')}`,
      ),
    ),
  );
  return promise;
}
