import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { compileConsent, FEDERAL, groupsNamed, type LawProfile } from '../../consent/index.ts';
import { randomId } from '../../crypto/index.ts';
import type { OrganisationLog } from '../../log/index.ts';
import type { JsonObject } from '../../proof/index.ts';
import type { Vault } from '../../vault/index.ts';
import { eventRoutes, type FhirServices, fhirRoutes } from '../index.ts';
import type { AuditEvent } from './audit-event.ts';
import { type FhirParts, type NodeSettings, openFhirParts } from './fhir-parts.ts';
import { type Claims, claimsOf, type Received, type Sending, sendRequest } from './request.ts';
import { consentResource } from './resource.ts';

const ORGANISATION = 'st-mary';

/** One organisation's FHIR server on real parts: a vault and a log in a folder of its own, over HTTP on a free port. */
export class FhirNode {
  readonly services: FhirServices;
  readonly vault: Vault;
  readonly log: OrganisationLog;
  /** What the log's proofs are checked against. */
  readonly policy: string;
  readonly faults: NodeSettings['faults'];
  readonly suspended: NodeSettings['suspended'];
  readonly revoked: NodeSettings['revoked'];
  readonly clock: NodeSettings['clock'];
  readonly meanwhile: NodeSettings['meanwhile'];
  readonly affiliationRead: NodeSettings['affiliationRead'];
  readonly events: NodeSettings['events'];
  readonly #parts: FhirParts;
  readonly #app: FastifyInstance;
  /** Resolves when the groups that consents name are known. */
  #named: Promise<unknown> = Promise.resolve();

  private constructor(parts: FhirParts, app: FastifyInstance) {
    const { services, settings, storage } = parts;
    this.services = services;
    this.vault = services.vault;
    this.log = storage.log;
    this.policy = storage.policy;
    this.faults = settings.faults;
    this.suspended = settings.suspended;
    this.revoked = settings.revoked;
    this.clock = settings.clock;
    this.meanwhile = settings.meanwhile;
    this.affiliationRead = settings.affiliationRead;
    this.events = settings.events;
    this.#parts = parts;
    this.#app = app;
  }

  /** A running node; `organisation` names it. */
  static async start({
    organisation = ORGANISATION,
    law = FEDERAL,
  }: {
    organisation?: string;
    law?: LawProfile;
  } = {}): Promise<FhirNode> {
    const parts = await openFhirParts(organisation, law);
    const { services, settings } = parts;
    const app = Fastify({ genReqId: () => randomId() });
    const prefix = `/orgs/${organisation}`;
    await app.register(fhirRoutes, { prefix, services });
    const { streams, times } = settings.events;
    const isFresh = () => settings.events.isFresh();
    await app.register(eventRoutes, { prefix, services: { fhir: services, streams, isFresh }, times });
    await app.listen({ host: '127.0.0.1', port: 0 });
    return new FhirNode(parts, app);
  }

  /** Where it listens. */
  get address(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: (this.#app.server.address() as AddressInfo).port };
  }

  /** A bearer header. */
  async bearer(claims: Claims = {}): Promise<string> {
    const { access_token } = await this.#parts.issue(claimsOf(claims));
    return `Bearer ${access_token}`;
  }

  /** One request below the FHIR base, or at a whole URL of this server. */
  async send(method: string, path: string, sending: Sending = {}): Promise<Received> {
    const { baseUrl, organisation } = this.services;
    // What a consent names is known before anything is decided by it, as on a node that follows its ledger.
    await this.#named;
    const below = path.startsWith(baseUrl) ? path.slice(baseUrl.length) : `/${path}`;
    const { host, port } = this.address;
    const url = `http://${host}:${port}/orgs/${organisation}/fhir${below}`;
    const bearer = (claims: Claims) => this.bearer(claims);
    return sendRequest(method, url, sending, { bearer, contentType: 'application/fhir+json' });
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
    this.#parts.settings.consents.set(patient, compiled);
    this.#parts.withdrawals.note(patient);
    for (const each of compiled) {
      const known = this.#parts.affiliations.groups.name(each.id, groupsNamed(each.provision));
      const { faults } = this;
      this.#named = Promise.all([this.#named, known.catch((error: unknown) => void faults.push(error))]);
    }
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
    await this.#parts.storage.remove();
  }
}
