import { join } from 'node:path';
import { bundleFile } from './chaincode-lifecycle.ts';
import { hostedPlans, type NetworkContext } from './network-context.ts';
import type { ChaincodeDescription } from './network-description.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import type { ProcessSpec } from './supervised-process.ts';

/** What Fabric's programs log when nothing is said: at `info` SmartBFT alone writes megabytes a day. */
const LOGGING = 'warning';
/** One line without colours: logs are read in files. */
const LOG_FORMAT = '%{time:2006-01-02T15:04:05.000Z07:00} %{level:.4s} [%{module}] %{message}';

function logging(): string {
  return process.env.HOLDFAST_FABRIC_LOG ?? LOGGING;
}

/** The orderer of an organisation, as a process. */
export function ordererProcess({ folder, binaries }: NetworkContext, plan: OrganisationPlan): ProcessSpec {
  const name = `orderer.${plan.id}`;
  const files = folder.organisation(plan.id);
  return {
    name,
    program: binaries.command('orderer'),
    args: ['start'],
    environment: { FABRIC_CFG_PATH: files.orderer, FABRIC_LOGGING_SPEC: logging(), ...base() },
    cwd: files.orderer,
    ...places({ folder }, name),
  };
}

/** The peer of an organisation, as a process. */
export function peerProcess({ folder, binaries }: NetworkContext, plan: OrganisationPlan): ProcessSpec {
  const name = `peer.${plan.id}`;
  const files = folder.organisation(plan.id);
  return {
    name,
    program: binaries.command('peer'),
    args: ['node', 'start'],
    environment: {
      FABRIC_CFG_PATH: files.peer,
      FABRIC_LOGGING_SPEC: logging(),
      HOLDFAST_CHAINCODE_CONNECTIONS: files.chaincode,
      ...base(),
    },
    cwd: files.peer,
    ...places({ folder }, name),
  };
}

/** The chaincode process of an organisation; undefined when the operator runs it elsewhere. */
export function chaincodeProcess(
  { folder }: NetworkContext,
  plan: OrganisationPlan,
  chaincode: ChaincodeDescription,
): ProcessSpec | undefined {
  if (chaincode.process === undefined) return undefined;
  const name = `chaincode.${plan.id}`;
  const files = folder.organisation(plan.id);
  const tls = files.tls('chaincode');
  return {
    name,
    program: chaincode.process.program,
    args: [...chaincode.process.args, bundleFile(folder, chaincode.label)],
    environment: {
      HOLDFAST_CHAINCODE_ORGANISATION: plan.id,
      HOLDFAST_CHAINCODE_ID: chaincode.packageId,
      HOLDFAST_CHAINCODE_VERSION: chaincode.version,
      HOLDFAST_CHAINCODE_ADDRESS: `${LOOPBACK}:${plan.ports.chaincode}`,
      HOLDFAST_CHAINCODE_TLS_CERT: join(tls, 'cert.pem'),
      HOLDFAST_CHAINCODE_TLS_KEY: join(tls, 'key.pem'),
      HOLDFAST_CHAINCODE_TLS_CLIENT_CA: files.tlsCa,
      HOLDFAST_CHAINCODE_PROFILE: files.profile,
      ...base(),
    },
    cwd: files.path,
    ...places({ folder }, name),
  };
}

/** Chaincode serves its own organisation's peer and no one else. */
const LOOPBACK = '127.0.0.1';

function places({ folder }: Pick<NetworkContext, 'folder'>, name: string): { log: string; pidFile: string } {
  return { log: join(folder.logs, `${name}.log`), pidFile: join(folder.run, `${name}.json`) };
}

/** No secret of the operator's own environment reaches a process that does not need it. */
function base(): Record<string, string> {
  const { PATH = '', TMPDIR } = process.env;
  return { PATH, FABRIC_LOGGING_FORMAT: LOG_FORMAT, ...(TMPDIR === undefined ? {} : { TMPDIR }) };
}

/** Every process of the organisations hosted here. */
export function hostedProcesses(context: NetworkContext): ProcessSpec[] {
  const { chaincode } = context.description;
  return hostedPlans(context).flatMap((plan) => {
    const own = chaincode === undefined ? undefined : chaincodeProcess(context, plan, chaincode);
    const orderer = plan.isOrdering === false ? [] : [ordererProcess(context, plan)];
    return [...orderer, peerProcess(context, plan), ...(own === undefined ? [] : [own])];
  });
}
