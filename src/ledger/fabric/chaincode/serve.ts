import './quiet-shim.ts';
import { readFileSync } from 'node:fs';
// @ts-expect-error The package's types are of its whole door, which loads much that no server needs.
import ShimServer from 'fabric-shim/lib/server.js';
import type { Contract } from '../../kit/contract.ts';
import { PeerGateway } from '../gateway.ts';
import { readProfile } from '../profile.ts';
import { refusalToStart } from './approved-code.ts';
import { PeerHeight } from './peer-height.ts';
import { ChaincodeProgram } from './program.ts';
import { type ShimCall, shimInvocation } from './shim-invocation.ts';

/** Where a chaincode process listens, as what, and under which keys. All of it comes from its environment. */
export interface ChaincodeEnvironment {
  /** `host:port`. */
  readonly HOLDFAST_CHAINCODE_ADDRESS: string;
  /** The package's id, `<label>:<hash>`, by which the peer knows it. */
  readonly HOLDFAST_CHAINCODE_ID: string;
  /** The version of the committed definition, `<semver>+<hash of the bundle>`: what the organisations approved. */
  readonly HOLDFAST_CHAINCODE_VERSION: string;
  /** Files: the server's key and certificate, and the authorities whose peers may call. */
  readonly HOLDFAST_CHAINCODE_TLS_KEY: string;
  readonly HOLDFAST_CHAINCODE_TLS_CERT: string;
  readonly HOLDFAST_CHAINCODE_TLS_CLIENT_CA: string;
  /** The organisation's connection profile, by which the process follows its own peer's height. */
  readonly HOLDFAST_CHAINCODE_PROFILE: string;
}

/** The chaincode server of fabric-shim, as far as it is used. */
type Server = new (
  chaincode: { Init(): Promise<unknown>; Invoke(call: ShimCall): Promise<unknown> },
  options: Readonly<Record<string, unknown>>,
) => { start(): Promise<void> };
const ChaincodeServer = ShimServer as Server;

/** What a chaincode process exits with when its code is not what was approved: usage, not a crash to be restarted from. */
export const EXIT_NOT_APPROVED = 2;
/** A transaction with its largest value, twice over; gRPC's own limit of 4 MB would stop a long range. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/**
 * Serves the contracts as a chaincode process, bundle and process being one file. Refuses to start (exit 2) when the approved
 * definition names other code. One line of JSON on standard output tells when it listens.
 */
export async function serveChaincode(
  options: { readonly contracts: readonly Contract[]; readonly semver: string; readonly bundle: string },
  environment: Partial<ChaincodeEnvironment> = process.env,
): Promise<void> {
  const setting = (name: keyof ChaincodeEnvironment): string => {
    const value = environment[name];
    if (value === undefined || value === '')
      stop(`${name} is not set; the ledger commands start this process`);
    return value;
  };
  const approved = {
    version: setting('HOLDFAST_CHAINCODE_VERSION'),
    packageId: setting('HOLDFAST_CHAINCODE_ID'),
  };
  const refusal = refusalToStart(approved, options.semver, readFileSync(options.bundle));
  if (refusal !== undefined) stop(refusal);
  const { version } = approved;
  onlyOwnHandlers();
  const report = (error: unknown) => process.stderr.write(`${String((error as Error)?.stack ?? error)}\n`);
  const program = new ChaincodeProgram({ contracts: options.contracts, version, report });
  const height = new PeerHeight();
  const profile = readProfile(setting('HOLDFAST_CHAINCODE_PROFILE'));
  void height.run(new PeerGateway(profile), new AbortController().signal);
  const server = new ChaincodeServer(
    {
      Init: async () => ({ status: 200, payload: Buffer.alloc(0) }),
      Invoke: async (call: ShimCall) => {
        const reply = await program.invoke(shimInvocation(call, () => height.blocks()));
        return reply.ok
          ? { status: 200, payload: Buffer.from(reply.payload) }
          : { status: 500, message: reply.refusal };
      },
    },
    {
      ccid: setting('HOLDFAST_CHAINCODE_ID'),
      address: setting('HOLDFAST_CHAINCODE_ADDRESS'),
      tlsProps: {
        key: readFileSync(setting('HOLDFAST_CHAINCODE_TLS_KEY')),
        cert: readFileSync(setting('HOLDFAST_CHAINCODE_TLS_CERT')),
        clientCACerts: readFileSync(setting('HOLDFAST_CHAINCODE_TLS_CLIENT_CA')),
      },
      'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
      'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    },
  );
  await server.start();
  process.stdout.write(`${JSON.stringify({ listening: setting('HOLDFAST_CHAINCODE_ADDRESS'), version })}\n`);
}

/** The shim swallows exceptions that nobody caught; a process in an unknown state must end, its supervisor starts another. */
function onlyOwnHandlers(): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.removeAllListeners(event);
    process.on(event, (error: unknown) => {
      process.stderr.write(`${String((error as Error)?.stack ?? error)}\n`);
      process.exit(1);
    });
  }
}

function stop(why: string): never {
  process.stderr.write(`holdfast chaincode: ${why}\n`);
  process.exit(EXIT_NOT_APPROVED);
}
