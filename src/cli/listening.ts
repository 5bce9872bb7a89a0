import { createServer } from 'node:net';
import { CliError, EXIT } from './exit-code.ts';

/** Listens for a moment; gives the port. Rejects with the system's error. */
function listen(host: string, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', reject);
  server.listen(port, host, () => {
    const address = server.address();
    const bound = typeof address === 'object' && address !== null ? address.port : port;
    server.close(() => resolve(bound));
  });
  return promise;
}

/** A port that is free at this moment. */
export function freePort(host: string): Promise<number> {
  return listen(host, 0);
}

/** Throws CliError `port-in-use` or `unavailable` when an address cannot be listened at: sooner than the node would. */
export async function requireFree({ host, port }: { host: string; port: number }): Promise<void> {
  try {
    await listen(host, port);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code === 'EADDRINUSE') {
      throw new CliError(
        EXIT.unavailable,
        'port-in-use',
        `Port ${port} is in use: stop what uses it, or choose another with --port.`,
        cause,
      );
    }
    throw new CliError(
      EXIT.unavailable,
      'unavailable',
      `${host}:${port} cannot be listened at (${code}): choose another with --host and --port.`,
      cause,
    );
  }
}
