import { execFile } from 'node:child_process';
import { NetworkError } from './network-error.ts';

/** A command's answer is a page, a decoded configuration of many members a few megabytes. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024; // far above both
/** Enough of what a command said to act on. */
const TOLD_CHARACTERS = 600; // its last lines
/** A command that hangs is ended: the slowest, a build, takes minutes on a busy machine. */
const TIMEOUT_MS = 15 * 60_000; // a build on one slow core

/** How a command runs. */
export interface RunOptions {
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
}

/** Runs a program to its end. Rejects with NetworkError `command-failed` that quotes its last words. */
export function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ stdout: string; stderr: string }> {
  const { cwd, environment = process.env, timeoutMs = TIMEOUT_MS } = options;
  const { promise, resolve, reject } = Promise.withResolvers<{ stdout: string; stderr: string }>();
  execFile(
    program,
    [...args],
    { cwd, env: environment, timeout: timeoutMs, maxBuffer: MAX_OUTPUT_BYTES, encoding: 'utf8' },
    (error, stdout, stderr) => {
      if (error === null) return resolve({ stdout, stderr });
      const said = `${stdout}\n${stderr}`.trim().slice(-TOLD_CHARACTERS).replaceAll(/\s+/g, ' ');
      const name = program.split('/').at(-1);
      reject(
        new NetworkError('command-failed', `${name} ${args[0] ?? ''} failed: ${said || error.message}`, {
          cause: error,
        }),
      );
    },
  );
  return promise;
}
