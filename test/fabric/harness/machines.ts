import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleChaincode } from '../../../scripts/chaincode.ts';
import { ROOT, temporaryFolder } from '../../journeys/harness/checkout.ts';
import { freePort, type RunningNode } from '../../journeys/harness/running-node.ts';
import { done, initialised, ledger, type Member, started } from './members.ts';

/** One machine: a folder of its own, an address of its own, and an operator who types there. */
export interface Machine {
  readonly id: string;
  readonly network: string;
  readonly address: string;
  readonly member: Member;
}

/** Ports that the processes of one machine take. */
const PORTS_EACH = 10;
/** Networks of five machines, and room for another, below 32768 where outgoing connections begin. */
const FIRST_PORT = 24_000;
const PORTS_OF_NETWORK = 6 * PORTS_EACH;
const NETWORKS = 140;

/** Organisations on machines of their own: loopback addresses of one machine, and folders that share nothing but what operators send each other. */
export class Machines {
  readonly ids: readonly string[];
  readonly nodes = new Map<string, RunningNode>();
  readonly folder = temporaryFolder('machines');
  readonly bundle = join(this.folder, 'holdfast.mjs');
  readonly #firstPort = FIRST_PORT + (process.pid % NETWORKS) * PORTS_OF_NETWORK;
  readonly #machines = new Map<string, Machine>();

  /** `ids` in the order of their addresses. */
  constructor(ids: readonly string[]) {
    this.ids = ids;
  }

  /** Makes the members' own folders, of which `founders` begin the ledger together. */
  async initialise(founders: readonly string[]): Promise<void> {
    await bundleChaincode(join(ROOT, 'src', 'node', 'fabric', 'chaincode.ts'), this.bundle);
    const ports = await Promise.all(this.ids.map(() => freePort()));
    const all = new Map(this.ids.map((id, place) => [id, ports[place] ?? 0]));
    const named = new Map([...all].filter(([id]) => founders.includes(id)));
    for (const [id, port] of all) {
      const network = join(this.folder, id);
      const member = await initialised(network, id, port, named.has(id) ? named : undefined);
      const address = `127.0.0.${this.ids.indexOf(id) + 2}`;
      this.#machines.set(id, { id, network, address, member });
    }
  }

  /** Stops every node, and the processes of every machine. */
  async end(): Promise<void> {
    await Promise.all([...this.nodes.values()].map((node) => node.stop()));
    for (const { network } of this.#machines.values())
      if (existsSync(join(network, 'network.json'))) await ledger(network, 'down');
  }

  /** The machine of an organisation; throws when there is none. */
  at(id: string): Machine {
    const machine = this.#machines.get(id);
    if (machine === undefined) throw new Error(`there is no machine of ${id}`);
    return machine;
  }

  /** `holdfast ledger …` at one of them. */
  type(id: string, ...given: readonly string[]) {
    return ledger(this.at(id).network, ...given);
  }

  /** Starts the organisation's node. */
  async start(id: string): Promise<void> {
    this.nodes.set(id, await started(this.at(id).member));
  }

  /** Where an organisation's card is, once it has prepared its part. */
  cardOf(id: string): string {
    return join(this.at(id).network, `${id}.card.json`);
  }

  /** A file that one operator sends to another. */
  sent(file: string, to: string): string {
    const received = join(this.folder, `${to}-received-${file.split('/').at(-1)}`);
    copyFileSync(file, received);
    return received;
  }

  /** Flags for an update that one operator's command left, sent to another. */
  update(name: string, from: string, to: string): readonly string[] {
    return ['--update', this.sent(join(this.at(from).network, `${name}.update`), to)];
  }

  /** Flags for the cards of others, sent to one of them. */
  cardsFor(id: string, from: readonly string[]): readonly string[] {
    return from.filter((each) => each !== id).flatMap((each) => ['--card', this.sent(this.cardOf(each), id)]);
  }

  /** `holdfast ledger prepare` of its own part, at its own address. */
  prepare(id: string, ...more: readonly string[]) {
    const { address, member } = this.at(id);
    const own = ['--org', `${id}=${member.data}`];
    return this.type(id, 'prepare', ...own, ...this.#placeOf(id, address), ...more);
  }

  /** A card in an organisation's name and for its address, by somebody with authorities of their own. */
  async impostorOf(id: string, ...more: readonly string[]): Promise<string> {
    const network = join(this.folder, `impostor-of-${id}`);
    const { data } = await initialised(network, id, 1);
    const place = this.#placeOf(id, this.at(id).address);
    const made = await ledger(network, 'prepare', '--org', `${id}=${data}`, ...place, ...more);
    return made.json.card;
  }

  /** Every operator prepares, sends a card to the others, joins by one block and starts a node. */
  async found(): Promise<void> {
    for (const id of this.ids) done(await this.prepare(id));
    const [first = ''] = this.ids;
    const { block } = done(await this.type(first, 'genesis', ...this.cardsFor(first, this.ids)));
    await this.joinAll(block, this.ids);
  }

  /** Every one of them joins by the same block and cards, and starts a node. */
  async joinAll(block: string, ids: readonly string[]): Promise<void> {
    const joined = await Promise.all(
      ids.map((id) => this.type(id, 'join', '--block', this.sent(block, id), ...this.cardsFor(id, ids))),
    );
    for (const each of joined) done(each);
    await Promise.all(ids.map((id) => this.start(id)));
  }

  /** Writes the next release's bundle; gives its path. */
  nextBundle(text: string): string {
    const next = join(this.folder, 'next.mjs');
    writeFileSync(next, text);
    return next;
  }

  #placeOf(id: string, address: string): readonly string[] {
    const port = this.#firstPort + this.ids.indexOf(id) * PORTS_EACH;
    const listening = ['--host', address, '--listen', address, '--base-port', String(port)];
    return [...listening, '--chaincode', this.bundle];
  }
}
