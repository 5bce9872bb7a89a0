import { resolve } from 'node:path';
import {
  type ContinuedLedger,
  deployChaincode,
  joinNetwork,
  type NetworkContext,
  startSupervisor,
} from '../../../ledger/index.ts';
import { type LedgerOrganisation, prepareLedgerNetwork } from '../../../node/index.ts';
import type { Output } from '../../output.ts';
import { programs } from './network-options.ts';

/** A network that is to run. */
export interface NetworkToRun {
  readonly path: string;
  readonly organisations: readonly LedgerOrganisation[];
  readonly basePort: number;
  readonly binaries?: string;
  readonly chaincode?: string;
  readonly blockMs?: number;
  /** The block and state after which a ledger goes on in it; absent: a ledger begins in it. */
  readonly continues?: ContinuedLedger;
  readonly passphrase: () => string;
}

/** How a program of this very version is run again: the supervisor. */
export function superviseCommand(path: string, binaries: string | undefined) {
  const [, main = ''] = process.argv;
  const given = binaries === undefined ? [] : ['--binaries', binaries];
  const args = [...process.execArgv, main, 'ledger', 'supervise', '--data', path, ...given];
  const environment = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      // The supervisor opens no keyring: the passphrase stays with whoever typed it.
      value === undefined || name.startsWith('HOLDFAST_PASSPHRASE') ? [] : [[name, value]],
    ),
  );
  return { program: process.execPath, args, environment };
}

/** Makes or opens a network, has it supervised and waits until it works. Safe to run again at any time. */
export async function bringUp(wanted: NetworkToRun, output: Output): Promise<NetworkContext> {
  const onProgress = (what: string) => output.progress(what);
  const { path, organisations, basePort, chaincode, continues, blockMs, passphrase } = wanted;
  const { binaries, environment } = programs(wanted, onProgress);
  const context = await prepareLedgerNetwork({
    ...{ path, organisations, basePort, blockMs, binaries, passphrase, environment, onProgress },
    chaincode: chaincode === undefined ? undefined : resolve(chaincode),
    ...(continues === undefined ? {} : { continues }),
  });
  startSupervisor(path, superviseCommand(path, binaries));
  await joinNetwork(context, onProgress);
  return deployChaincode(context, onProgress);
}
