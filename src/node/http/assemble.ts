import type { FastifyInstance } from 'fastify';
import { demoRoutes, type Persona } from '../../identity/index.ts';
import type { Configuration } from '../configuration.ts';
import type { LedgerEngine, NetworkStatus } from '../network/ledger-engine.ts';
import { publicUrl } from '../network/log-origin.ts';
import type { NodeLog } from '../node-log.ts';
import type { HostedOrganisation } from '../organisation/hosted.ts';
import { VERSION } from '../version.ts';
import { warnOfUndescribedRoutes } from './described-routes.ts';
import { explorerRoutes } from './explorer.ts';
import { ledgerStatus } from './ledger-status.ts';
import { mayExplore } from './may-explore.ts';
import { serveMetrics } from './metrics.ts';
import { openapiDocument } from './openapi.ts';
import { servePortal } from './portal.ts';
import { publicRoutes } from './public-routes.ts';
import { unreadyReasons, warnings } from './readiness.ts';
import { createServer } from './server.ts';

/** What a node serves. */
export interface Assembly {
  readonly configuration: Configuration;
  readonly hosted: readonly HostedOrganisation[];
  readonly ledgerId: string;
  readonly engine: LedgerEngine;
  /** In demo mode: everybody to sign in as. */
  readonly demo: { readonly personas: readonly Persona[] } | undefined;
  readonly nodeLog: NodeLog;
}

/** Blocks between a view and the newest that any process of the network has; undefined when none was asked. */
function lagOf(network: NetworkStatus | undefined, height: number): number | undefined {
  const heights = network?.nodes.flatMap((node) => node.height ?? []) ?? [];
  return heights.length === 0 ? undefined : Math.max(0, Math.max(...heights) - height);
}

/** Builds the server with every route; it does not listen yet. */
export async function assemble(assembly: Assembly): Promise<FastifyInstance> {
  const { configuration, hosted, ledgerId, engine, demo, nodeLog } = assembly;
  const [first] = hosted;
  if (first === undefined) throw new Error('a node hosts at least one organisation');
  const app = await createServer(configuration, nodeLog);
  const authenticators = hosted.map(({ signIn }) => signIn.authenticator);
  const organisations = hosted.map(({ core }) => ({ id: core.id, name: core.name }));
  const url = publicUrl(configuration);
  const openapi = openapiDocument({
    publicUrl: url,
    organisations: organisations.map(({ id }) => id),
    demo: configuration.mode === 'demo',
  });
  warnOfUndescribedRoutes(app, openapi, nodeLog);
  const height = () => first.core.projection.height;
  serveMetrics(
    app,
    {
      height,
      certificates: () => engine.certificates(),
      lag: async () => lagOf(await engine.network(), height()),
      ageSeconds: () => first.core.projection.ageMs() / 1000,
      organisations: hosted.map(({ core, withdrawals, streams }) => ({
        organisation: core.id,
        onRevocation: (listener) => withdrawals.onDelay(listener),
        streams: () => streams.size,
        logSize: () => core.log.size(),
        cosignedSize: () => core.log.cosigned()?.size ?? 0,
        alarms: () => core.alarms.list().length,
      })),
    },
    configuration.metricsToken,
  );
  await app.register(publicRoutes, {
    source: {
      version: VERSION,
      demo: configuration.mode === 'demo',
      publicUrl: url,
      organisations,
      ledger: () => ({ id: ledgerId, engine: engine.name, height: height() }),
      policy: (version) => first.core.view.networkPolicy(version),
      unready: () => unreadyReasons(hosted),
      warnings: () => [...warnings(hosted), ...engine.warnings()],
      openapi: () => openapi,
    },
  });
  await app.register(explorerRoutes, {
    services: {
      ledger: first.core.ledger,
      height: () => BigInt(height()),
      status: () => ledgerStatus(first.core, engine, ledgerId),
      allowed: (authorization) =>
        configuration.mode === 'demo' ? Promise.resolve(true) : mayExplore(authenticators, authorization),
    },
  });
  if (demo !== undefined) {
    await app.register(demoRoutes, {
      personas: demo.personas,
      organisations: new Map(hosted.map(({ core, signIn }) => [core.id, signIn])),
    });
  }
  for (const organisation of hosted)
    await app.register(organisation.register, { prefix: `/orgs/${organisation.core.id}` });
  await app.register((scope) => servePortal(scope, { tls: configuration.tls !== undefined }));
  return app;
}
