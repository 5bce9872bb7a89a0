import type { FastifyInstance } from 'fastify';

/** How long requests under way may still take after the stop was asked for. */
const GRACE_MS = 10_000; // a large import unit or a page that waits for a checkpoint
const SWEEP_MS = 50; // a connection that has just been answered does not hold up the stop

/**
 * Takes no further requests and resolves when those under way are answered. Connections kept alive are closed as soon as they
 * are idle: `close` alone would wait for their whole keep-alive time. After the grace period what is left is cut.
 */
export async function closeServer(app: FastifyInstance): Promise<void> {
  const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS);
  const cut = setTimeout(() => app.server.closeAllConnections(), GRACE_MS);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(cut);
  }
}
