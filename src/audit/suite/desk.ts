import Fastify, { type FastifyInstance } from 'fastify';
import { ConsentNetwork, ConsentNode } from '../../consent/suite/index.ts';
import { type Database, openDatabase } from '../../database/index.ts';
import { type Principal, parseScopes, type Recorder } from '../../identity/index.ts';
import {
  auditMigrations,
  auditRoutes,
  createRecorder,
  Flagging,
  RecordStore,
  RightsRegister,
  Suspensions,
} from '../index.ts';

/** A machine client of the organisation, with every right there is. */
export const client: Principal = {
  organisation: 'st-mary',
  actorOrganisation: 'st-mary',
  kind: 'client',
  id: 'demo',
  scopes: parseScopes('system/*.cruds'),
  purposes: ['TREAT'],
  tokenId: 'token-1',
};

/** Somebody at another organisation. */
export const lakeside: Principal = {
  ...client,
  kind: 'member',
  actorOrganisation: 'lakeside',
  id: 'dr-7',
  purposes: ['COC', 'HPAYMT'],
};

/** A patient with their own token. */
export const patientOf = (id: string): Principal => ({
  ...client,
  kind: 'patient',
  id: `Patient/${id}`,
  patient: id,
  purposes: ['PATRQT'],
  scopes: parseScopes('patient/*.rs'),
});

/** Who may ask, by the text of their authorization header; anybody else is `staff`. */
const principals: Record<string, Principal> = {
  officer: { ...client, kind: 'user', id: 'officer-1', scopes: parseScopes('user/AuditEvent.rus') },
  staff: { ...client, kind: 'user', id: 'staff-1', scopes: parseScopes('user/AuditEvent.rs') },
  reader: { ...client, kind: 'user', id: 'reader-1', scopes: parseScopes('system/Observation.rs') },
  p1: patientOf('p1'),
  p2: patientOf('p2'),
};

/** The audit routes of one organisation over a real vault, with a clock that tests move. */
export class Desk {
  readonly node: ConsentNode;
  readonly recorder: Recorder;
  readonly suspensions: Suspensions;
  readonly store: RecordStore;
  readonly flagging: Flagging;
  /** The present, for everything but the vault. */
  time = new Date('2026-06-01T00:00:00.000Z');
  readonly #network: ConsentNetwork;
  readonly #database: Database;
  readonly #app: FastifyInstance;

  private constructor(network: ConsentNetwork, node: ConsentNode, app: FastifyInstance, database: Database) {
    this.#network = network;
    this.node = node;
    this.#app = app;
    this.#database = database;
    const now = () => this.time;
    this.recorder = createRecorder(node.vault, 'st-mary');
    this.store = new RecordStore(database, Buffer.alloc(32, 5));
    this.suspensions = new Suspensions(this.store, now);
    this.flagging = new Flagging(node.vault, this.store, now);
  }

  /** A running desk. */
  static async open(): Promise<Desk> {
    const network = await ConsentNetwork.begun();
    const node = await ConsentNode.start(network, 'st-mary');
    const database = openDatabase({ path: ':memory:', migrations: auditMigrations });
    const app = Fastify();
    const desk = new Desk(network, node, app, database);
    const now = () => desk.time;
    await app.register(auditRoutes, {
      prefix: '/orgs/st-mary',
      organisation: 'st-mary',
      vault: node.vault,
      recorder: desk.recorder,
      store: desk.store,
      suspensions: desk.suspensions,
      flagging: desk.flagging,
      rights: new RightsRegister(node.vault, desk.store, now),
      proofs: { proofsFor: async () => undefined },
      policies: () => [],
      directory: (organisation) =>
        organisation === 'lakeside' ? { name: 'Lakeside Clinic', address: '1 Shore Road' } : {},
      authenticate: async (header) => principals[header ?? ''] ?? client,
      now,
      onFault: () => undefined,
    });
    return desk;
  }

  /** One request below `/orgs/st-mary`, as one of the principals. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  async ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    as: string,
    body?: object,
  ): Promise<any> {
    const response = await this.#app.inject({
      method,
      url: `/orgs/st-mary${path}`,
      headers: { authorization: as },
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: response.statusCode, body: response.json(), text: response.body };
  }

  async close(): Promise<void> {
    await this.#app.close();
    await this.node.end();
    this.#network.end();
    this.#database.close();
  }
}
