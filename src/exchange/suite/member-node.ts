import type { FastifyInstance } from 'fastify';
import { asEmergency, type BreakGlassRegister, createRecorder, mayBreak } from '../../audit/index.ts';
import {
  type ConsentServices,
  consentRoutes,
  fhirConsentPath,
  organisationPolicy,
} from '../../consent/index.ts';
import { ed25519Signer, nativePrimitives } from '../../crypto/index.ts';
import {
  createExclusive,
  everythingOperation,
  type FhirServices,
  fhirRoutes,
  mayRead,
  receiptOperation,
  validateOperation,
} from '../../fhir/index.ts';
import {
  type AccessClaims,
  createAuthenticator,
  createTokenIssuer,
  type Enrolment,
  generateTokenKey,
  tokenRealm,
} from '../../identity/index.ts';
import type { OrganisationLog } from '../../log/index.ts';
import type { Vault } from '../../vault/index.ts';
import {
  type Asker,
  type ExchangeServices,
  exchangeRoutes,
  FailedIdentifications,
  LocatorDelivery,
  type NetworkReader,
  NonceStore,
  networkEverythingOperation,
  type RecordSource,
  receiveLocator,
  refusalRecording,
  releaseInEmergency,
  releaseRecord,
} from '../index.ts';
import { consentDirectory } from './directory.ts';
import { type MemberParts, openMemberParts } from './member-parts.ts';
import type { Received, Sending } from './member-request.ts';
import type { ExchangeNetwork } from './network.ts';

/** One member: vault, log, consents, FHIR and exchange, composed as node does it. */
export class MemberNode {
  readonly organisation: string;
  readonly vault: Vault;
  readonly log: OrganisationLog;
  readonly policy: string;
  readonly consents: ConsentServices;
  readonly enrolment: Enrolment;
  readonly fhir: FhirServices;
  readonly asker: Asker;
  readonly source: RecordSource;
  readonly delivery: LocatorDelivery;
  readonly exchange: ExchangeServices;
  /** Faults that were reported as ours. */
  readonly faults: unknown[] = [];
  readonly breakGlass: BreakGlassRegister;
  /** Whether the view of the ledger counts as recent. */
  readonly view: { isFresh: boolean };
  /** A clock that tests move. */
  readonly clock = { aheadMs: 0 };
  readonly #parts: MemberParts;
  readonly #tokenKey = generateTokenKey();
  readonly #following: Promise<void>;

  private constructor(parts: MemberParts) {
    const { network, organisation, vault, log, policy, consents, enrolment, database, keyring } = parts;
    this.#parts = parts;
    this.organisation = organisation;
    this.vault = vault;
    this.log = log;
    this.policy = policy;
    this.consents = consents;
    this.enrolment = enrolment;
    this.breakGlass = parts.breakGlass;
    this.view = parts.view;
    const isStale = () => !this.view.isFresh;
    const realm = tokenRealm(network.publicUrl, organisation);
    const now = () => new Date(Date.now() + this.clock.aheadMs);
    const onFault = (error: unknown) => void this.faults.push(error);
    const directory = consentDirectory(consents);
    this.fhir = {
      organisation,
      baseUrl: realm.audience,
      vault,
      authenticate: createAuthenticator(realm, [this.#tokenKey]).authenticate,
      consentsOf: (patient) => consents.register.consentsOf(patient),
      policy: organisationPolicy(),
      proofs: log,
      consentPath: fhirConsentPath(consents),
      operations: [
        receiptOperation,
        validateOperation,
        everythingOperation,
        networkEverythingOperation(() => this.reader),
      ],
      emergencies: {
        isStale,
        toldOf: (id) => this.breakGlass.factsOf(id),
        isNotice: (id) => this.breakGlass.knows(id),
        openFor: (principal, patient) => {
          const glass = mayBreak(principal) ? this.breakGlass.openFor(principal.id, patient) : undefined;
          return glass === undefined ? undefined : asEmergency(glass);
        },
      },
      pagingKey: keyring.key('paging').key,
      conditions: createExclusive(),
      now,
      onFault,
    };
    const members = {
      get own() {
        return network.member(organisation);
      },
      others: () =>
        network
          .active()
          .filter((each) => each !== organisation)
          .map((each) => network.member(each)),
      lookup: network.lookup,
    };
    const sign = network.key(organisation, 'exchange-sign');
    const signer = { keyId: `${organisation}/${sign.id}`, sign: ed25519Signer(sign.privateKey) };
    const sealKeys = () => [network.key(organisation, 'exchange-seal').privateKey];
    this.asker = {
      members,
      signer,
      sealKeys,
      transport: (...sent) => network.transport(...sent),
      now,
    };
    const handleKey = keyring.key('exchange-handle').key;
    this.source = {
      services: this.fhir,
      consents: directory,
      handleKey,
      fresh: async () => this.view.isFresh,
      proofsFor: async (leaves, options) => {
        // Nothing ticks here: what was just written is published when it is asked for.
        await log.publish();
        const proofs = await log.proofsFor(leaves, options);
        return new Map(proofs?.map((proof, at) => [leaves[at] ?? -1, proof]));
      },
    };
    const receiver = {
      services: this.fhir,
      ledgerId: network.id,
      consents: directory,
      sealKeys,
      primitives: nativePrimitives,
    };
    this.delivery = new LocatorDelivery({
      ...{ organisation, database, consents: directory, asker: this.asker, handleKey },
    });
    const recorder = createRecorder(vault, organisation, now);
    const failed = new FailedIdentifications(database, handleKey, now);
    this.exchange = {
      members,
      signer,
      sealKeys,
      nonces: new NonceStore(database),
      handlers: {
        locator: receiveLocator(receiver),
        record: releaseRecord(this.source),
        emergency: releaseInEmergency({ ...this.source, breakGlass: this.breakGlass, failed, isStale }),
      },
      recordRefusal: refusalRecording(recorder, organisation),
      locators: { services: this.fhir, consents: directory },
      onFault,
      now,
    };
    const granting = new Set(['grant', 'replace', 'rebind', 'completeRebind']);
    parts.projection.onBlock(async (block) => {
      await consents.register.apply(block);
      for (const { contract, name, args, valid } of block.transactions)
        if (valid && contract === 'consent' && granting.has(name)) this.delivery.granted(String(args.id));
    }, consents.register.height);
    this.#following = parts.projection.run(parts.stopped.signal);
  }

  /** Opens a member's node in a folder of its own. */
  static async open(network: ExchangeNetwork, organisation: string, folder: string): Promise<MemberNode> {
    const parts = await openMemberParts(network, organisation, folder);
    const node = new MemberNode(parts);
    await parts.projection.reached(0, 10_000);
    return node;
  }

  /** What reads the network's record, with what arriving receipts are checked against. */
  get reader(): NetworkReader {
    const { network } = this.#parts;
    return {
      asker: this.asker,
      consents: this.source.consents,
      source: this.source,
      trust: async () => ({ policies: network.policies(), primitives: nativePrimitives }),
    };
  }

  /** Registers the routes below `/orgs/<org>`. */
  async register(app: FastifyInstance): Promise<void> {
    const prefix = `/orgs/${this.organisation}`;
    await app.register(
      async (scope) => {
        await scope.register(consentRoutes, {
          consents: this.consents,
          authenticate: this.fhir.authenticate,
          recorder: createRecorder(this.vault, this.organisation),
          onFault: (error: unknown) => void this.faults.push(error),
          mayChange: async () => true,
          mayRead: (principal, stored) => mayRead(this.fhir, principal, stored),
        });
        await scope.register(exchangeRoutes, { services: this.exchange });
        await scope.register(fhirRoutes, { services: this.fhir });
      },
      { prefix },
    );
  }

  /** Resolves once this node has seen the newest block. */
  async caughtUp(): Promise<void> {
    const { network, organisation, projection } = this.#parts;
    const committed = await network.ledger(organisation).submit({
      contract: 'membership',
      name: 'heartbeat',
      args: { sequence: Date.now() },
    });
    await projection.reached(committed.height, 10_000);
  }

  /** A bearer header. */
  async bearer(claims: Partial<AccessClaims> = {}): Promise<string> {
    const issue = createTokenIssuer(
      tokenRealm(this.#parts.network.publicUrl, this.organisation),
      this.#tokenKey,
    );
    const { access_token } = await issue({
      sub: 'client',
      client_id: 'client',
      scope: 'system/*.cruds',
      purpose_of_use: ['TREAT'],
      ...claims,
    });
    return `Bearer ${access_token}`;
  }

  /** One request below `/orgs/<org>`. */
  async send(method: string, path: string, { as = {}, body, headers = {} }: Sending = {}): Promise<Received> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${this.#parts.network.origin}/orgs/${this.organisation}/${path}`, {
      method,
      headers: {
        ...(as === null ? {} : { authorization: await this.bearer(as) }),
        ...(text === undefined ? {} : { 'content-type': 'application/json' }),
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
    const path = `fhir/${resource.resourceType}/${resource.id}`;
    const { status, text } = await this.send('PUT', path, { body: resource });
    if (status >= 300) throw new Error(`${path} was refused: ${status} ${text}`);
  }

  /** AuditEvents of one subtype, newest first, as JSON text. */
  async auditEvents(subtype: string): Promise<string[]> {
    const { versions } = await this.vault.history({ type: 'AuditEvent', limit: 1_000 });
    return versions.flatMap(({ text }) => (text?.includes(`"code":"${subtype}"`) === true ? [text] : []));
  }

  /** Stops the node. */
  async close(): Promise<void> {
    const { stopped, consents, log, vault, database, keyStore } = this.#parts;
    consents.finality.stop();
    stopped.abort();
    await this.#following;
    log.close();
    await vault.close();
    database.close();
    keyStore.close();
  }
}
