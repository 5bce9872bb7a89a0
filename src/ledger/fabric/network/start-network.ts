import { type CreateNetworkOptions, createNetwork } from './create-network.ts';
import { adoptChaincode, type ChaincodeSource, deployChaincode } from './deploy-chaincode.ts';
import { joinNetwork } from './join-network.ts';
import type { NetworkContext } from './network-context.ts';
import { hostedProcesses } from './process-specs.ts';
import { Supervisor } from './supervisor.ts';

/** What a network that this process keeps is started with. */
export interface StartNetworkOptions extends CreateNetworkOptions {
  readonly chaincode?: ChaincodeSource;
  readonly onProgress?: (what: string) => void;
}

/** A network whose processes this process keeps running. */
export interface RunningNetwork {
  readonly context: NetworkContext;
  readonly supervisor: Supervisor;
  /** Path of an organisation's connection profile. */
  readonly profile: (organisation: string) => string;
  /** Stops every process of it. */
  readonly stop: () => Promise<void>;
}

/**
 * Makes a network in a folder, or opens the one that is there, starts its processes and waits until the channel works and
 * the chaincode, if any, is committed. The processes are stopped when that fails.
 */
export async function startNetwork(options: StartNetworkOptions): Promise<RunningNetwork> {
  const { onProgress = () => {}, chaincode } = options;
  onProgress('preparing keys and configuration');
  const created = await createNetwork(options);
  const context = chaincode === undefined ? created : adoptChaincode(created, chaincode);
  const supervisor = new Supervisor();
  try {
    await supervisor.keepExactly(hostedProcesses(context));
    await joinNetwork(context, onProgress);
    if (context.description.chaincode !== undefined) await deployChaincode(context, onProgress);
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
  return {
    context,
    supervisor,
    profile: (organisation) => context.folder.organisation(organisation).profile,
    stop: () => supervisor.stop(),
  };
}
