import Fastify, { type FastifyInstance } from 'fastify';
import { DEFAULT_LABEL_RULES, type LabelRules, watchedVault } from '../../consent/index.ts';
import { ConsentNetwork, ConsentNode } from '../../consent/suite/index.ts';
import { type Database, openDatabase } from '../../database/index.ts';
import { type Principal, parseScopes, type Recorder } from '../../identity/index.ts';
import type { Vault } from '../../vault/index.ts';
import {
  auditMigrations,
  auditRoutes,
  BreakGlassRegister,
  createRecorder,
  Flagging,
  RecordStore,
  RefusalSeal,
  RightsRegister,
  StandingStatements,
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
  /** Software that p1 let at their record: no person, one patient in context. */
  app: { ...client, kind: 'user', id: 'app-1', patient: 'p1', scopes: parseScopes('patient/AuditEvent.rs') },
  'narrow-app': {
    ...client,
    kind: 'user',
    id: 'app-2',
    patient: 'p1',
    scopes: parseScopes('patient/Observation.rs'),
  },
  clinician: {
    ...client,
    kind: 'user',
    id: 'Practitioner/7',
    fhirUser: 'Practitioner/7',
    roles: ['clinician'],
    scopes: parseScopes('user/*.crus'),
    purposes: ['TREAT', 'BTG'],
  },
  /** A clinician of whom there is no Practitioner here. */
  'visiting-clinician': {
    ...client,
    kind: 'user',
    id: 'Practitioner/visiting',
    fhirUser: 'Practitioner/visiting',
    scopes: parseScopes('user/*.crus'),
    purposes: ['BTG'],
  },
  'front-desk': {
    ...client,
    kind: 'user',
    id: 'Practitioner/8',
    fhirUser: 'Practitioner/8',
    roles: ['front-desk'],
    scopes: parseScopes('user/Patient.crus'),
    purposes: ['HOPERAT', 'BTG'],
  },
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
  readonly rights: RightsRegister;
  readonly statements: StandingStatements;
  /** The vault of whoever writes records: statements are told of it. */
  readonly vault: Vault;
  readonly refusals = new RefusalSeal(Buffer.alloc(32, 6));
  /** Whether the view of the ledger is older than it may be. */
  isStale = false;
  /** The present, for everything but the vault. */
  time = new Date('2026-06-01T00:00:00.000Z');
  /** Patients whose data the decision keeps from staff. */
  readonly denied = new Set<string>();
  /** Whether checkpoints cover what is exported. */
  isCovered = false;
  /** What was reported as a fault. */
  readonly faults: unknown[] = [];
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
    this.flagging = new Flagging(node.vault, this.store, {
      now,
      onFault: (error) => this.faults.push(error),
    });
    this.rights = new RightsRegister(node.vault, this.store, now);
    this.vault = watchedVault(node.vault, {
      written: (versions) => this.statements.written(versions),
      changed: async () => undefined,
      onFault: (error) => this.faults.push(error),
    });
    this.statements = this.openStatements();
  }

  /** The statements that stand, as a process that starts with these rules finds them once it has loaded them. */
  openStatements(labels: LabelRules = DEFAULT_LABEL_RULES): StandingStatements {
    const { rights, vault } = this;
    const onFault = (error: unknown) => void this.faults.push(error);
    return new StandingStatements({ vault, labels, rights, now: () => this.time, onFault });
  }

  /** A running desk. */
  static async open(): Promise<Desk> {
    const network = await ConsentNetwork.begun();
    const node = await ConsentNode.start(network, 'st-mary');
    const database = openDatabase({ path: ':memory:', migrations: auditMigrations });
    const app = Fastify();
    const desk = new Desk(network, node, app, database);
    const now = () => desk.time;
    const breakGlass = await desk.openBreakGlass();
    await app.register(auditRoutes, {
      prefix: '/orgs/st-mary',
      organisation: 'st-mary',
      vault: node.vault,
      recorder: desk.recorder,
      store: desk.store,
      suspensions: desk.suspensions,
      flagging: desk.flagging,
      breakGlass,
      refusals: desk.refusals,
      rights: desk.rights,
      statements: desk.statements,
      proofs: {
        proofsFor: async (leaves) => (desk.isCovered ? leaves.map(() => 'a proof') : undefined),
      },
      policies: () => [],
      directory: (organisation) =>
        organisation === 'lakeside' ? { name: 'Lakeside Clinic', address: '1 Shore Road' } : {},
      labels: DEFAULT_LABEL_RULES,
      mayRead: (_principal, { patients }) => !patients.some((patient) => desk.denied.has(patient)),
      authenticate: async (header) => principals[header ?? ''] ?? client,
      now,
      onFault: (error) => desk.faults.push(error),
    });
    return desk;
  }

  /** The register of broken glass, as a process that starts finds it. */
  openBreakGlass(): Promise<BreakGlassRegister> {
    return BreakGlassRegister.load({
      organisation: { id: 'st-mary', name: 'St. Mary Hospital' },
      responsible: undefined,
      vault: this.node.vault,
      store: this.store,
      isStale: () => this.isStale,
      now: () => this.time,
    });
  }

  /** One request below `/orgs/st-mary`, as one of the principals. */
  async ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    as: string,
    body?: object,
    // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  ): Promise<any> {
    const response = await this.#app.inject({
      method,
      url: `/orgs/st-mary${path}`,
      headers: { authorization: as },
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: response.statusCode, body: response.json(), text: response.body };
  }

  /** The patients that the newest AuditEvent of a kind of request names; none when there is no such event. */
  async named(subtype: string): Promise<readonly string[]> {
    const { vault } = this.node;
    const { hits } = await vault.search({
      search: {
        type: 'AuditEvent',
        filters: [{ kind: 'token', param: 'subtype', not: false, values: [{ code: subtype }] }],
        includes: [],
        revIncludes: [],
        sort: [],
      },
      limit: 1,
    });
    const [newest] = hits;
    return newest === undefined ? [] : ((await vault.read('AuditEvent', newest.id))?.patients ?? []);
  }

  async close(): Promise<void> {
    await this.#app.close();
    await this.node.end();
    this.#network.end();
    this.#database.close();
  }
}
