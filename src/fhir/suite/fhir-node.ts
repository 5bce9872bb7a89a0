import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { RefusalSeal } from '../../audit/index.ts';
import {
  Affiliations,
  type CompiledConsent,
  compileConsent,
  FEDERAL,
  groupsNamed,
  type LawProfile,
  organisationPolicy,
  Withdrawals,
  watchedVault,
} from '../../consent/index.ts';
import { generateEd25519, nativePrimitives, randomId, signEd25519Native } from '../../crypto/index.ts';
import { type Database, openDatabase } from '../../database/index.ts';
import {
  type AccessClaims,
  createAuthenticator,
  createTokenIssuer,
  generateTokenKey,
  IdentityError,
  tokenRealm,
} from '../../identity/index.ts';
import { logMigrations, type OrganisationLog, openLog } from '../../log/index.ts';
import { formatVerifierKey, type JsonObject, parsePolicy } from '../../proof/index.ts';
import {
  keyStoreMigrations,
  openKeyring,
  openVault,
  type Vault,
  vaultMigrations,
} from '../../vault/index.ts';
import {
  createExclusive,
  eventRoutes,
  everythingOperation,
  type FhirServices,
  fhirRoutes,
  importOperation,
  receiptOperation,
  validateOperation,
} from '../index.ts';
import { type EventSettings, eventSettings } from './event-settings.ts';
import { consentResource } from './resource.ts';

const ORGANISATION = 'st-mary';
/** Vkey type of a log's key (FORMATS §3). */
const LOG_KEY = 1;

/** Who asks: claims that differ from those of a client with every scope. */
export type Claims = Partial<AccessClaims>;

/** An answer over HTTP. */
export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: every answer has a form of its own
  readonly json: any;
}

/** How a request is sent. */
export interface Sending {
  /** Null for no token at all. */
  readonly as?: Claims | null;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** One organisation's FHIR server on real parts: a vault and a log in a folder of its own, over HTTP on a free port. */
export class FhirNode {
  readonly services: FhirServices;
  readonly vault: Vault;
  readonly log: OrganisationLog;
  /** What the log's proofs are checked against. */
  readonly policy: string;
  /** Faults that were reported as ours. */
  readonly faults: unknown[];
  /** Ids of AuditEvents that their patients are not told of for the present. */
  readonly suspended: Set<string>;
  /** Authorization headers that count no more. */
  readonly revoked: Set<string | undefined>;
  /** A clock that tests move. */
  readonly clock: { aheadMs: number };
  /** Done once, when an answer is made and its AuditEvent about to be written: a test puts what comes in between here. */
  readonly meanwhile: { work?: (() => unknown) | undefined };
  readonly events: EventSettings;
  readonly #consents: Map<string, CompiledConsent[]>;
  readonly #affiliations: Affiliations;
  readonly #withdrawals: Withdrawals;
  readonly #app: FastifyInstance;
  readonly #issue: (claims: AccessClaims) => Promise<{ access_token: string }>;
  readonly #close: () => Promise<void>;

  private constructor(parts: {
    services: FhirServices;
    log: OrganisationLog;
    policy: string;
    faults: unknown[];
    suspended: Set<string>;
    clock: { aheadMs: number };
    meanwhile: FhirNode['meanwhile'];
    events: FhirNode['events'];
    revoked: Set<string | undefined>;
    consents: Map<string, CompiledConsent[]>;
    affiliations: Affiliations;
    withdrawals: Withdrawals;
    app: FastifyInstance;
    issue: (claims: AccessClaims) => Promise<{ access_token: string }>;
    close: () => Promise<void>;
  }) {
    this.services = parts.services;
    this.vault = parts.services.vault;
    this.log = parts.log;
    this.policy = parts.policy;
    this.faults = parts.faults;
    this.suspended = parts.suspended;
    this.clock = parts.clock;
    this.meanwhile = parts.meanwhile;
    this.events = parts.events;
    this.revoked = parts.revoked;
    this.#consents = parts.consents;
    this.#affiliations = parts.affiliations;
    this.#withdrawals = parts.withdrawals;
    this.#app = parts.app;
    this.#issue = parts.issue;
    this.#close = parts.close;
  }

  /** A running node; `organisation` names it. */
  static async start({
    organisation = ORGANISATION,
    law = FEDERAL,
  }: {
    organisation?: string;
    law?: LawProfile;
  } = {}): Promise<FhirNode> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-fhir-'));
    const database = openDatabase({
      path: join(folder, 'data.db'),
      migrations: [...logMigrations, ...vaultMigrations],
    });
    const keyStore = openDatabase({
      path: join(folder, 'keys.db'),
      migrations: keyStoreMigrations,
      secureDelete: true,
    });
    const keyring = openKeyring(join(folder, 'keyring'), 'a passphrase for tests', { costLog2: 15 });
    const clock = { aheadMs: 0 };
    const faults: unknown[] = [];
    const meanwhile: FhirNode['meanwhile'] = {};
    const events = eventSettings();
    const now = () => new Date(Date.now() + clock.aheadMs);
    const { log, policy } = openOwnLog(database, organisation);
    const key = generateEd25519();
    const opened = await openVault({
      database,
      keyStore,
      log,
      organisation,
      keyManagement: keyring,
      ledgerHead: () => ({ height: 7, block: 'ab'.repeat(32) }),
      now,
      erasures: {
        sign: (message) => signEd25519Native(key.privateKey, message),
        commitErasure: async () => undefined,
      },
    });
    const withdrawals = new Withdrawals();
    const affiliations = new Affiliations({
      vault: opened,
      policy: organisationPolicy(undefined, law),
      withdrawals,
      now,
    });
    const vault = watchedVault(opened, {
      written: (versions) => affiliations.written(versions).finally(() => events.streams.written.note()),
      changed: () => affiliations.changed(),
      onFault: (error) => void faults.push(error),
    });
    const commit: Vault['commit'] = async (change) => {
      const { work } = meanwhile;
      meanwhile.work = undefined;
      if (change.audits !== undefined) await work?.();
      else meanwhile.work = work;
      return vault.commit(change);
    };
    const realm = tokenRealm('http://localhost:8471', organisation);
    const tokenKey = generateTokenKey();
    const { authenticate } = createAuthenticator(
      realm,
      [tokenKey],
      () => Date.now() + events.tokensAheadMs,
      () => true,
      (person) => affiliations.representations.inForce(person),
    );
    const consents = new Map<string, CompiledConsent[]>();
    const suspended = new Set<string>();
    const revoked = new Set<string | undefined>();
    const refuse = () => Promise.reject(new IdentityError('token-revoked', 'The token was called back.'));
    const services: FhirServices = {
      organisation,
      baseUrl: realm.audience,
      vault: new Proxy(vault, {
        get: (target, name) => (name === 'commit' ? commit : Reflect.get(target, name)),
      }),
      authenticate: (header) => (revoked.has(header) ? refuse() : authenticate(header)),
      consentsOf: (patient) => consents.get(patient) ?? [],
      policy: organisationPolicy(undefined, law),
      isSuspended: ({ id }) => suspended.has(id),
      affiliations,
      withdrawals,
      proofs: log,
      consentPath: {
        put: () => Promise.reject(new Error('this suite has no ledger')),
        remove: () => Promise.reject(new Error('this suite has no ledger')),
      },
      operations: [receiptOperation, validateOperation, everythingOperation, importOperation],
      refusals: new RefusalSeal(Buffer.alloc(32, 6)),
      pagingKey: keyring.key('paging').key,
      conditions: createExclusive(),
      now,
      onFault: (error) => void faults.push(error),
    };
    const app = Fastify({ genReqId: () => randomId() });
    const prefix = `/orgs/${organisation}`;
    await app.register(fhirRoutes, { prefix, services });
    const { streams, times } = events;
    const isFresh = () => events.isFresh();
    await app.register(eventRoutes, { prefix, services: { fhir: services, streams, isFresh }, times });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const close = async () => {
      log.close();
      await vault.close();
      database.close();
      keyStore.close();
      rmSync(folder, { recursive: true, force: true });
    };
    const issue = createTokenIssuer(realm, tokenKey);
    return new FhirNode({
      services,
      suspended,
      meanwhile,
      events,
      revoked,
      log,
      policy,
      faults,
      clock,
      consents,
      affiliations,
      withdrawals,
      app,
      issue,
      close,
    });
  }

  /** Where it listens. */
  get address(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: (this.#app.server.address() as AddressInfo).port };
  }

  /** A bearer header. */
  async bearer(claims: Claims = {}): Promise<string> {
    const { access_token } = await this.#issue({
      sub: 'client',
      client_id: 'client',
      scope: 'system/*.cruds',
      purpose_of_use: ['TREAT'],
      ...claims,
    });
    return `Bearer ${access_token}`;
  }

  /** One request below the FHIR base, or at a whole URL of this server. */
  async send(method: string, path: string, { as = {}, body, headers = {} }: Sending = {}): Promise<Received> {
    const { baseUrl, organisation } = this.services;
    // What a consent names is known before anything is decided by it, as on a node that follows its ledger.
    await this.#affiliations.groups.written([]);
    const below = path.startsWith(baseUrl) ? path.slice(baseUrl.length) : `/${path}`;
    const { host, port } = this.address;
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`http://${host}:${port}/orgs/${organisation}/fhir${below}`, {
      method,
      headers: {
        ...(as === null ? {} : { authorization: await this.bearer(as) }),
        ...(text === undefined ? {} : { 'content-type': 'application/fhir+json' }),
        ...headers,
      },
      ...(text === undefined ? {} : { body: text as string }),
    });
    const answer = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text: answer,
      get json() {
        return JSON.parse(answer);
      },
    };
  }

  /** Stores a resource under its own id. */
  async put(resource: { resourceType: string; id: string } & Record<string, unknown>): Promise<void> {
    const path = `${resource.resourceType}/${resource.id}`;
    const { status, text } = await this.send('PUT', path, { body: resource });
    if (status >= 300) throw new Error(`${path} was refused: ${status} ${text}`);
  }

  /** What a patient consents to from now on, root provisions of one Consent each. */
  consent(patient: string, ...provisions: object[]): string[] {
    const compiled = provisions.map((provision) => {
      const outcome = compileConsent(consentResource(patient, provision) as JsonObject, randomId(), 'active');
      if (!('consent' in outcome)) throw new Error(JSON.stringify(outcome));
      return outcome.consent;
    });
    this.#consents.set(patient, compiled);
    this.#withdrawals.note(patient);
    for (const each of compiled) void this.#affiliations.groups.name(each.id, groupsNamed(each.provision));
    return compiled.map(({ id }) => id);
  }

  /** Every AuditEvent there is, newest first. */
  async auditEvents(): Promise<AuditEvent[]> {
    const { versions } = await this.vault.history({ type: 'AuditEvent', limit: 1_000 });
    return versions.map(({ text }) => JSON.parse(text ?? '') as AuditEvent);
  }

  /** AuditEvents that something leaves, oldest first. */
  async audited<T>(work: () => Promise<T>): Promise<{ result: T; events: AuditEvent[] }> {
    const before = (await this.auditEvents()).length;
    const result = await work();
    const events = await this.auditEvents();
    return { result, events: events.slice(0, events.length - before).reverse() };
  }

  /** Ids that a search finds, in order, through all pages. */
  async search(path: string, sending: Sending = {}): Promise<string[]> {
    const found: string[] = [];
    let url: string | undefined = path;
    while (url !== undefined) {
      const { status, text, json } = await this.send('GET', url, sending);
      if (status !== 200) throw new Error(`${status} ${text}`);
      for (const { resource, search } of json.entry ?? [])
        if (search.mode === 'match') found.push(resource.id);
      url = json.link.find(({ relation }: { relation: string }) => relation === 'next')?.url;
    }
    return found;
  }

  /** Stops and removes the folder. */
  async stop(): Promise<void> {
    await this.#app.close();
    await this.#close();
  }
}

/** An AuditEvent as far as tests look into it. */
export interface AuditEvent {
  readonly id: string;
  readonly action: string;
  readonly outcome: string;
  readonly outcomeDesc?: string;
  readonly subtype: readonly { readonly code: string }[];
  readonly entity: readonly { readonly what?: { readonly reference?: string }; readonly query?: string }[];
}

/** Patients that an AuditEvent names, sorted. */
export function patientsIn({ entity }: AuditEvent): string[] {
  const references = entity.flatMap(({ what }) => what?.reference ?? []);
  return references.filter((each) => each.startsWith('Patient/')).sort();
}

/** A log that needs no other organisation's cosignature: a network of one (FORMATS §3). */
function openOwnLog(database: Database, organisation: string): { log: OrganisationLog; policy: string } {
  const { privateKey, publicKey } = generateEd25519();
  const origin = `holdfast.local/orgs/${organisation}`;
  const vkey = formatVerifierKey({ name: origin, publicKey, type: LOG_KEY });
  const policy = `# holdfast policy ${'0'.repeat(32)} 1\nlog ${vkey}\nquorum none\n`;
  const log = openLog({
    database,
    origin,
    organisation,
    signer: { name: origin, publicKey, sign: (message) => signEd25519Native(privateKey, message) },
    witnessing: () => ({ policy: parsePolicy(policy), witnesses: [] }),
    primitives: nativePrimitives,
  });
  return { log, policy };
}
