import { join } from 'node:path';
import { temporaryFolder } from '../../journeys/harness/checkout.ts';
import { holdfast, type Ran } from '../../journeys/harness/command.ts';
import { Organisation } from '../../journeys/harness/organisation.ts';
import { type RunningNode, startNode } from '../../journeys/harness/running-node.ts';

/** One for every keyring: each member would have its own. */
export const PASSPHRASE = 'a passphrase of some length';
const environment = { HOLDFAST_PASSPHRASE: PASSPHRASE };
/** A network grows by a process at a time on two busy cores. */
const COMMAND_TIMEOUT_MS = 400_000;
/** A node waits for the others that found the ledger with it. */
const START_TIMEOUT_MS = 180_000;

/** A member with a Holdfast data folder of its own. */
export interface Member {
  readonly id: string;
  readonly data: string;
  readonly port: number;
  /** Its machine client, for tokens. */
  readonly as: { readonly client: string; readonly secret: string };
}

/** `holdfast ledger …` on a network's folder. */
export function ledger(network: string, ...given: readonly string[]): Promise<Ran> {
  const line = ['ledger', ...given, '--data', network, '--json'];
  return holdfast(line, { environment, timeoutMs: COMMAND_TIMEOUT_MS });
}

/** What a verb that was to succeed printed; throws with everything that it said when it did not. */
export function done({ code, stdout, stderr, json }: Ran) {
  if (code !== 0) throw new Error(`it ended with ${code}: ${stdout} ${stderr}`);
  return json;
}

/** Where a network's folder will have an organisation's profile. */
export const profileOf = (network: string, id: string): string =>
  join(network, 'organisations', id, 'connection.json');

/** Makes a member's data folder, on the network of a folder; `founders` by id and port, absent for one that joins. */
export async function initialised(
  network: string,
  id: string,
  port: number,
  founders: ReadonlyMap<string, number> = new Map(),
  data = temporaryFolder(id),
): Promise<Member> {
  const named = [...founders].flatMap(([each, at]) => ['--founder', `${each}=http://localhost:${at}`]);
  const line = [
    'init',
    '--data',
    data,
    '--org',
    id,
    '--port',
    String(port),
    '--profile',
    profileOf(network, id),
  ];
  const made = await holdfast([...line, ...named, '--json'], { environment });
  const { client } = done(made);
  return { id, data, port, as: { client: client.id, secret: client.secret } };
}

/** Starts a member's node; resolves when it is ready, which founders are when all of them run. */
export function started(
  { data, port }: Member,
  onOutput: (text: string) => void = () => undefined,
): Promise<RunningNode> {
  return startNode({
    onOutput,
    demo: false,
    data,
    port,
    environment,
    arguments: ['--anchor-ms', '1000', '--publish-ms', '200'],
    startupTimeoutMs: START_TIMEOUT_MS,
  });
}

/** A member's routes. */
export const at = ({ port, id }: Member): Organisation => new Organisation(port, id);
