import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import helmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from './problem.ts';

/** Where the built portal stands: beside the sources, or in the package. */
export function portalFolder(): string | undefined {
  const candidates = [
    join(import.meta.dirname, '..', '..', '..', 'web', 'dist'),
    join(import.meta.dirname, '..', '..', '..', '..', 'web', 'dist'),
  ];
  return candidates.find((folder) => existsSync(join(folder, 'index.html')));
}

/** Headers of pages that people open. Interfaces for programs need none of them, and would pay for them at every request. */
const CONTENT_SECURITY = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  // The component library sets style attributes; no script can come in by one.
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  frameAncestors: ["'none'"],
};

/** Names of bundled files hold a digest of what is in them; everything else is asked for again at each visit. */
const ASSETS = `${sep}assets${sep}`;
const FOREVER = 'public, max-age=31536000, immutable'; // a year, the longest that caches take (RFC 9111 §5.2.2.1)
const ASK_AGAIN = 'no-cache';

/** Serves the portal at `/`; its pages are routes of one document. */
export async function servePortal(app: FastifyInstance, { tls }: { tls: boolean }): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { directives: { ...CONTENT_SECURITY, upgradeInsecureRequests: tls ? [] : null } },
    strictTransportSecurity: tls,
  });
  const root = portalFolder();
  if (root === undefined) {
    app.get('/', async (_request, reply) =>
      sendProblem(reply, 503, 'portal-missing', 'The portal is not built: run "npm run build:web".'),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root,
    wildcard: false,
    index: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.header('cache-control', path.includes(ASSETS) ? FOREVER : ASK_AGAIN);
    },
  });
  for (const page of [
    '/',
    '/patient',
    '/patient/*',
    '/care/*',
    '/compliance',
    '/compliance/*',
    '/sign-in',
    '/signed-in',
    '/account',
    '/administration',
  ]) {
    app.get(page, (_request, reply) => reply.sendFile('index.html'));
  }
}
