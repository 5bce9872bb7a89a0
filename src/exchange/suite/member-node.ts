import type { FastifyInstance } from 'fastify';
import { type BreakGlassRegister, createRecorder } from '../../audit/index.ts';
import { type ConsentServices, consentRoutes } from '../../consent/index.ts';
import { fhirRoutes, mayRead } from '../../fhir/index.ts';
import { type Claims, claimsOf, type Received, type Sending, sendRequest } from '../../fhir/suite/index.ts';
import { createTokenIssuer, type Enrolment } from '../../identity/index.ts';
import type { OrganisationLog } from '../../log/index.ts';
import type { Vault } from '../../vault/index.ts';
import { type Asker, exchangeRoutes, type LocatorDelivery, type RecordSource } from '../index.ts';
import { type MemberParts, openMemberParts } from './member-parts.ts';
import { type MemberServices, memberServices } from './member-services.ts';
import type { ExchangeNetwork } from './network.ts';

/** Transactions after which there may be a locator to deliver. */
const GRANTING = new Set(['grant', 'replace', 'rebind', 'completeRebind']);

/** One member: vault, log, consents, FHIR and exchange, over HTTP. */
export class MemberNode {
  readonly organisation: string;
  readonly vault: Vault;
  readonly log: OrganisationLog;
  /** What the log's proofs are checked against. */
  readonly policy: string;
  readonly consents: ConsentServices;
  readonly enrolment: Enrolment;
  readonly asker: Asker;
  readonly source: RecordSource;
  readonly delivery: LocatorDelivery;
  readonly breakGlass: BreakGlassRegister;
  /** Whether the view of the ledger counts as recent. */
  readonly view: { isFresh: boolean };
  readonly #parts: MemberParts;
  readonly #services: MemberServices;
  readonly #stopped = new AbortController();
  readonly #following: Promise<void>;

  private constructor(parts: MemberParts, services: MemberServices) {
    const { organisation, storage, consents, projection } = parts;
    this.organisation = organisation;
    this.vault = storage.vault;
    this.log = storage.log;
    this.policy = storage.policy;
    this.consents = consents;
    this.enrolment = parts.enrolment;
    this.breakGlass = parts.breakGlass;
    this.view = parts.view;
    this.asker = services.asker;
    this.source = services.source;
    this.delivery = services.exchange.delivery;
    this.#parts = parts;
    this.#services = services;
    projection.onBlock(async (block) => {
      await consents.register.apply(block);
      for (const { contract, name, args, valid } of block.transactions)
        if (valid && contract === 'consent' && GRANTING.has(name)) this.delivery.granted(String(args.id));
    }, consents.register.height);
    this.#following = projection.run(this.#stopped.signal);
  }

  /** Opens a member's node in a folder of its own. */
  static async open(network: ExchangeNetwork, organisation: string, folder: string): Promise<MemberNode> {
    const parts = await openMemberParts(network, organisation, folder);
    const node = new MemberNode(parts, memberServices(parts));
    await parts.projection.reached(0, 10_000);
    return node;
  }

  /** Registers the routes below `/orgs/<org>`. */
  async register(app: FastifyInstance): Promise<void> {
    const { fhir, exchange } = this.#services;
    const prefix = `/orgs/${this.organisation}`;
    await app.register(
      async (scope) => {
        await scope.register(consentRoutes, {
          consents: this.consents,
          authenticate: fhir.authenticate,
          recorder: createRecorder(this.vault, this.organisation),
          onFault: () => undefined,
          mayChange: async () => true,
          mayRead: (principal, stored) => mayRead(fhir, principal, stored),
        });
        await scope.register(exchangeRoutes, { services: exchange.services });
        await scope.register(fhirRoutes, { services: fhir });
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
  async bearer(claims: Claims = {}): Promise<string> {
    const issue = createTokenIssuer(this.#parts.realm, this.#parts.tokenKey);
    const { access_token } = await issue(claimsOf(claims));
    return `Bearer ${access_token}`;
  }

  /** One request below `/orgs/<org>`. */
  async send(method: string, path: string, sending: Sending = {}): Promise<Received> {
    const url = `${this.#parts.network.origin}/orgs/${this.organisation}/${path}`;
    const bearer = (claims: Claims) => this.bearer(claims);
    return sendRequest(method, url, sending, { bearer, contentType: 'application/json' });
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
    this.consents.finality.stop();
    this.#stopped.abort();
    await this.#following;
    await this.#parts.storage.close();
  }
}
