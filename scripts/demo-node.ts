import { spawn } from 'node:child_process';
import { root } from './test-part.ts';

/**
 * Runs a demo until `use`, which takes its ready line, is done; stops it then. Resolves to undefined, without use, when the
 * demo does not start.
 */
export async function whileDemoRuns<T>(
  data: string,
  more: readonly string[],
  use: (ready: string) => T | Promise<T>,
): Promise<T | undefined> {
  const quick = ['--anchor-ms', '1000', '--publish-ms', '200'];
  const line = ['bin/holdfast.js', 'start', '--demo', '--json', '--data', data, ...quick, ...more];
  const child = spawn(process.execPath, line, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<undefined>((resolve) => child.once('exit', () => resolve(undefined)));
  const started = new Promise<string>((resolve) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(String(chunk)));
  });
  try {
    const ready = await Promise.race([started, ended]);
    return ready?.startsWith('{"url"') === true ? await use(ready) : undefined;
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}
