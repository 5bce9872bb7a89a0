import { existsSync, readFileSync } from 'node:fs';
import { readOrderedBlock } from '../../../proof/index.ts';
import { joinAsNewcomer } from './add-organisation.ts';
import { hostedPlans, type NetworkContext } from './network-context.ts';
import { NetworkError } from './network-error.ts';
import { configurationBlockFile } from './network-folder.ts';

/** True when this part joined, or is to join, a channel that ran before it: from a configuration block later than block 0. */
export function isNewcomer({ folder }: Pick<NetworkContext, 'folder'>): boolean {
  return existsSync(configurationBlockFile(folder));
}

/**
 * Joins an adopted part to a channel that runs: its orderer from the configuration block that it was given, its peer from block 0 on,
 * and approves the chaincode that the channel runs. Resolves when its peer has at least that configuration block.
 */
export async function joinRunningChannel(
  context: NetworkContext,
  onProgress: (what: string) => void,
): Promise<NetworkContext> {
  const [plan] = hostedPlans(context);
  if (plan === undefined) throw new NetworkError('network-invalid', 'No organisation is hosted here.');
  const block = configurationBlockFile(context.folder);
  const { number } = readOrderedBlock(readFileSync(block));
  return joinAsNewcomer(context, plan, block, number + 1, onProgress);
}
