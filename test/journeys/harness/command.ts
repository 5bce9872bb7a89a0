import { spawn } from 'node:child_process';
import { COMMAND, NODE, ROOT } from './checkout.ts';

/** What a verb did. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line of standard output as JSON; throws when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: every verb has its own result
  readonly json: any;
}

const VERB_TIMEOUT_MS = 120_000; // an import of thousands of resources

/** Runs `holdfast <arguments>` to its end. */
export function holdfast(
  given: readonly string[],
  options: { environment?: Record<string, string>; timeoutMs?: number; cwd?: string } = {},
): Promise<Ran> {
  const { environment = {}, timeoutMs = VERB_TIMEOUT_MS, cwd = ROOT } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(NODE, [COMMAND, ...given], {
      cwd,
      env: { ...process.env, CI: '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({
        code,
        stdout,
        stderr,
        get json() {
          return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
        },
      }),
    );
  });
}
