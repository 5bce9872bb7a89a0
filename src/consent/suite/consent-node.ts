import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { randomId, signEd25519Native } from '../../crypto/index.ts';
import {
  type AccessClaims,
  createAuthenticator,
  createTokenIssuer,
  Enrolment,
  generateTokenKey,
  identityMigrations,
  type RecordedEvent,
  tokenRealm,
} from '../../identity/index.ts';
import { type Committed, LedgerError, Projection, type Transaction } from '../../ledger/index.ts';
import { derivePatientKey, enrolmentMessage, toBase64 } from '../../proof/index.ts';
import type { Vault } from '../../vault/index.ts';
import { type OrganisationStorage, openStorage } from '../../vault/suite/index.ts';
import { type ConsentServices, consentMigrations, consentRoutes, openConsents } from '../index.ts';
import { type ConsentNetwork, MEMBERS, type Member } from './consent-network.ts';
import { importedVersion } from './imported-version.ts';
import { interruptibleVault } from './interruptible-vault.ts';

const PUBLIC_URL = 'http://localhost:8471';

/** One organisation's node with its consents: real ledger, log, vault, identity and HTTP routes, on a folder of its own. */
export class ConsentNode {
  readonly organisation: Member;
  readonly network: ConsentNetwork;
  /** What was recorded, in order. */
  readonly recorded: RecordedEvent[] = [];
  /** Patients whose data the decision keeps from staff. */
  readonly denied = new Set<string>();
  /** The decision lets nobody of the custodian change a consent. */
  keepsStaffOut = false;
  /** How often the log was asked to be anchored at once. */
  anchored = 0;
  /** While true, the ledger takes nothing from this node. */
  ledgerIsAway = false;
  /** Called before each durable step of a grant; a test that throws here cuts the node off in the middle. */
  beforeWrite: (what: 'commit' | 'transact' | 'submitted') => void = () => undefined;
  readonly #folder: string;
  readonly #tokenKey = generateTokenKey();
  #storage!: OrganisationStorage;
  #consents!: ConsentServices;
  #enrolment!: Enrolment;
  #app!: FastifyInstance;
  #stopped = new AbortController();
  #following: Promise<void> = Promise.resolve();

  private constructor(network: ConsentNetwork, organisation: Member) {
    this.network = network;
    this.organisation = organisation;
    this.#folder = mkdtempSync(join(tmpdir(), `holdfast-${organisation}-`));
  }

  /** A running node. */
  static async start(network: ConsentNetwork, organisation: Member): Promise<ConsentNode> {
    const node = new ConsentNode(network, organisation);
    await node.#open();
    return node;
  }

  get vault(): Vault {
    return this.#storage.vault;
  }

  get consents(): ConsentServices {
    return this.#consents;
  }

  async #open(): Promise<void> {
    const { organisation, network } = this;
    const ledger = network.ledger(organisation);
    const projection = new Projection({ ledger });
    this.#storage = await openStorage({
      organisation,
      folder: this.#folder,
      migrations: [...identityMigrations, ...consentMigrations],
      ledgerHead: () => projection.head(),
    });
    const { database, keyring, vault } = this.#storage;
    this.#enrolment = new Enrolment({
      database,
      keys: keyring,
      organisation,
      ledger: network.id,
      patientExists: () => true,
    });
    this.#consents = await openConsents({
      organisation,
      database,
      vault: interruptibleVault(vault, (what) => this.beforeWrite(what)),
      ledger,
      members: () => MEMBERS,
      enrolledKeys: (patient) => this.#enrolment.enrolledKeys(patient),
      patientOfKey: (key) => this.#enrolment.patientOfKey(key),
      submit: (transaction) => this.#submit(projection, transaction),
      reached: (height, timeoutMs) => projection.reached(height, timeoutMs),
      anchorNow: async () => {
        this.anchored++;
      },
      now: () => new Date(),
      onFault: () => undefined,
      waitMs: 2_000,
    });
    const { register } = this.#consents;
    projection.onBlock((block) => register.apply(block), register.height);
    this.#stopped = new AbortController();
    this.#following = projection.run(this.#stopped.signal);
    await projection.reached(0, 5_000);
    await this.#listen();
  }

  async #listen(): Promise<void> {
    const realm = tokenRealm(PUBLIC_URL, this.organisation);
    const { authenticate } = createAuthenticator(realm, [this.#tokenKey]);
    this.#app = Fastify({ genReqId: () => randomId() });
    await this.#app.register(consentRoutes, {
      prefix: `/orgs/${this.organisation}`,
      consents: this.#consents,
      authenticate,
      recorder: { record: async (event: RecordedEvent) => void this.recorded.push(event) },
      onFault: () => undefined,
      mayChange: async () => !this.keepsStaffOut,
      mayRead: (_principal, { patients }) => !patients.some((patient) => this.denied.has(patient)),
    });
  }

  async #submit(projection: Projection, transaction: Transaction): Promise<Committed> {
    if (this.ledgerIsAway) throw new LedgerError('unavailable', 'the ledger is away');
    const committed = await projection.submit(transaction);
    this.beforeWrite('submitted');
    return committed;
  }

  /** Stops the node, as it is, and starts it again on the same folder. */
  async restart(): Promise<void> {
    await this.#close();
    await this.#open();
  }

  async #close(): Promise<void> {
    await this.#app.close();
    this.#consents.finality.stop();
    this.#stopped.abort();
    await this.#following;
    await this.#storage.close();
  }

  /** Stops the node and removes its folder. */
  async end(): Promise<void> {
    await this.#close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A bearer header for these claims. */
  async token(claims: Partial<AccessClaims>): Promise<string> {
    const issue = createTokenIssuer(tokenRealm(PUBLIC_URL, this.organisation), this.#tokenKey);
    const { access_token } = await issue({
      sub: 'test-client',
      client_id: 'test-client',
      scope: 'system/*.cruds',
      purpose_of_use: ['TREAT'],
      ...claims,
    });
    return `Bearer ${access_token}`;
  }

  /** A bearer header of a patient. */
  patientToken(patient: string): Promise<string> {
    return this.token({
      sub: `Patient/${patient}`,
      fhirUser: `Patient/${patient}`,
      patient,
      scope: 'patient/*.rs',
    });
  }

  /** One request below `/orgs/<org>`; the answer's body is parsed. */
  async request(method: 'GET' | 'POST', path: string, body?: unknown, authorization?: string) {
    const response = await this.#app.inject({
      method,
      url: `/orgs/${this.organisation}${path}`,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.statusCode, body: response.json() };
  }

  /** Stores a resource as an import does, under the id it has. */
  async store(resource: { readonly resourceType: string; readonly id: string }): Promise<void> {
    await this.vault.commit({ versions: [importedVersion(resource)] });
  }

  /** Stores a Patient and enrols a key of this seed for it. */
  async patient(id: string, seed: Uint8Array): Promise<void> {
    const stored = { resourceType: 'Patient', id, name: [{ family: 'Weber' }] };
    await this.store(stored);
    const { organisation, network } = this;
    const { code } = await this.#enrolment.openCode(id, { role: 'self' });
    const { privateKey, publicKey } = derivePatientKey(seed, {
      ledger: network.id,
      organisation,
      use: 'enrol',
      generation: 0,
    });
    const subjectKey = toBase64(publicKey);
    const message = enrolmentMessage({ code, ledger: network.id, organisation, patient: id, subjectKey });
    this.#enrolment.enrol(id, {
      code,
      subjectKey,
      signature: toBase64(signEd25519Native(privateKey, message)),
    });
  }
}
