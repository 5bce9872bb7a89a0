import type { FastifyInstance } from 'fastify';
import { prepareDemo } from './demo/prepare.ts';
import { assemble } from './http/assemble.ts';
import { closeServer } from './http/close-server.ts';
import { publicUrl } from './network/log-origin.ts';
import { type OpenNode, type OpenOptions, openNode } from './open-node.ts';
import type { HostedOrganisation } from './organisation/hosted.ts';

/** How a node is started. */
export type StartOptions = OpenOptions;

/** A node that serves. */
export interface RunningNode {
  readonly url: string;
  readonly organisations: readonly HostedOrganisation[];
  /** Stops taking requests, finishes those under way, publishes once more, closes every file. */
  stop(): Promise<void>;
}

/** Serves an open node. A demo's vaults are filled first. */
async function serve(
  node: OpenNode,
  { configuration, onProgress = () => undefined }: StartOptions,
): Promise<FastifyInstance> {
  const { organisations: hosted, ledgerId, engine, nodeLog } = node;
  const demo =
    configuration.mode === 'demo' ? await prepareDemo(hosted, configuration, onProgress) : undefined;
  onProgress('starting to serve');
  const app = await assemble({ configuration, hosted, ledgerId, engine, demo, nodeLog });
  await app.listen({ host: configuration.host, port: configuration.port });
  nodeLog.info('serving', { url: publicUrl(configuration) });
  return app;
}

/** Starts a node. Throws NodeError, VaultError `sealed-key-missing` for a wrong passphrase, DatabaseError `locked`. */
export async function startNode(options: StartOptions): Promise<RunningNode> {
  const node = await openNode(options);
  try {
    const app = await serve(node, options);
    const stop = async () => {
      await closeServer(app);
      await node.close();
    };
    return { url: publicUrl(options.configuration), organisations: node.organisations, stop };
  } catch (error) {
    await node.close();
    throw error;
  }
}
