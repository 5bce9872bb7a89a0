import type { DemoPatient } from '../../journeys/harness/demo.ts';
import type { Answer } from '../../journeys/harness/http.ts';
import type { FhirCall, Organisation } from '../../journeys/harness/organisation.ts';
import type { Grant } from '../../journeys/harness/patient-device.ts';
import { pick, type Random } from './random.ts';

/** What a request of the load does. */
export type Work =
  | 'create'
  | 'update'
  | 'transaction'
  | 'delete'
  | 'read'
  | 'search'
  | 'grant'
  | 'revoke'
  | 'token';

/** How often each is done; a token costs as much processor time as fifty writes. */
const SHARES: Readonly<Record<Work, number>> = {
  create: 12,
  update: 9,
  transaction: 4,
  delete: 4,
  read: 12,
  search: 8,
  grant: 6,
  revoke: 6,
  token: 1,
};
const MIX = (Object.keys(SHARES) as Work[]).flatMap((work) => Array<Work>(SHARES[work]).fill(work));
const WORKERS = 8;

/** One version whose write was acknowledged. */
export interface Acknowledged {
  readonly object: string;
  readonly version: number;
  /** Undefined for a deletion. */
  readonly text: string | undefined;
}

/** What is known of one round of load when the node is gone. */
export interface Round {
  readonly user: string;
  readonly acknowledged: Acknowledged[];
  /** Answers to requests with the round's own token: each must have its AuditEvent. */
  answered: number;
  readonly grants: Grant[];
  readonly revoked: Set<string>;
  /** Revocations asked for: their state may be either. */
  readonly revoking: Set<string>;
  /** How many of each kind were on their way when it stopped. */
  readonly inFlight: Map<Work, number>;
  readonly done: Map<Work, number>;
}

/** Mixed load on one organisation, until stopped or until the connection breaks. */
export class Load {
  readonly round: Round;
  readonly #organisation: Organisation;
  readonly #patient: DemoPatient;
  readonly #random: Random;
  readonly #ids: string[] = [];
  readonly #workers: Promise<void>[] = [];
  #isStopping = false;

  constructor(organisation: Organisation, patient: DemoPatient, random: Random, name: string) {
    this.#organisation = organisation;
    this.#patient = patient;
    this.#random = random;
    this.round = {
      user: `Practitioner/${name}`,
      acknowledged: [],
      answered: 0,
      grants: [],
      revoked: new Set(),
      revoking: new Set(),
      inFlight: new Map(),
      done: new Map(),
    };
  }

  /** Begins; resolves when the first answers are there, so that a kill meets a node that works. */
  async begin(): Promise<void> {
    await this.#organisation.token(this.#as());
    for (let worker = 0; worker < WORKERS; worker++) this.#workers.push(this.#work());
    await Promise.all([this.#one('create'), this.#one('create')]);
  }

  /** Waits until every worker has noticed that the node is gone, or has finished its last request. */
  async ended(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#workers);
  }

  #as() {
    return { user: this.round.user, scope: 'user/*.cruds', purpose: 'TREAT' };
  }

  async #work(): Promise<void> {
    while (!this.#isStopping) {
      try {
        await this.#one(pick(this.#random, MIX));
      } catch {
        return; // the connection broke: the node is gone
      }
    }
  }

  async #one(work: Work): Promise<void> {
    const { inFlight, done } = this.round;
    inFlight.set(work, (inFlight.get(work) ?? 0) + 1);
    await this.#perform(work);
    inFlight.set(work, (inFlight.get(work) ?? 0) - 1);
    done.set(work, (done.get(work) ?? 0) + 1);
  }

  async #fhir(method: string, path: string, options: FhirCall = {}): Promise<Answer> {
    const answer = await this.#organisation.fhir(method, path, { ...options, as: this.#as() });
    this.round.answered += 1;
    return answer;
  }

  #basic(more: object = {}): object {
    const subject = { reference: `Patient/${this.#patient.at(this.#organisation.id)}` };
    return { resourceType: 'Basic', code: { text: `load ${this.#random()}` }, subject, ...more };
  }

  #acknowledge(answer: Answer): void {
    const location = answer.headers.location ?? '';
    const [, object, version] = /([A-Z]\w+\/[^/]+)\/_history\/(\d+)$/.exec(location) ?? [];
    if (object === undefined || (answer.status !== 200 && answer.status !== 201)) return;
    this.round.acknowledged.push({ object, version: Number(version), text: answer.text });
    const id = object.split('/')[1];
    if (id !== undefined && !this.#ids.includes(id)) this.#ids.push(id);
  }

  async #perform(work: Work): Promise<void> {
    const id = this.#ids[Math.floor(this.#random() * this.#ids.length)];
    switch (work) {
      case 'create':
        return this.#acknowledge(await this.#fhir('POST', 'Basic', { body: this.#basic() }));
      case 'update':
        if (id !== undefined)
          this.#acknowledge(await this.#fhir('PUT', `Basic/${id}`, { body: this.#basic({ id }) }));
        return;
      case 'transaction':
        return this.#transaction();
      case 'delete':
        return this.#delete();
      case 'read':
        if (id !== undefined) await this.#fhir('GET', `Basic/${id}`);
        return;
      case 'search':
        await this.#fhir('GET', `Basic?subject=Patient/${this.#patient.at(this.#organisation.id)}&_count=5`);
        return;
      case 'grant':
        return this.#grant();
      case 'revoke':
        return this.#revoke();
      case 'token':
        await this.#organisation.tokenAnswer({ scope: 'system/Basic.r' });
    }
  }

  async #transaction(): Promise<void> {
    const entry = [1, 2, 3].map(() => ({
      resource: this.#basic(),
      request: { method: 'POST', url: 'Basic' },
    }));
    const answer = await this.#fhir('POST', '', {
      body: { resourceType: 'Bundle', type: 'transaction', entry },
    });
    if (answer.status !== 200) return;
    for (const { response } of answer.json.entry) {
      const [, object, version] = /([A-Z]\w+\/[^/]+)\/_history\/(\d+)$/.exec(response.location) ?? [];
      if (object !== undefined) this.round.acknowledged.push({ object, version: Number(version), text: '' });
    }
  }

  /** Of a resource that nothing else touches, so that its last version is known. */
  async #delete(): Promise<void> {
    const created = await this.#fhir('POST', 'Basic', { body: this.#basic() });
    if (created.status !== 201) return;
    const object = `Basic/${created.json.id}`;
    const answer = await this.#fhir('DELETE', object);
    if (answer.status === 204) this.round.acknowledged.push({ object, version: 2, text: undefined });
  }

  async #grant(): Promise<void> {
    const patient = this.#patient.at(this.#organisation.id);
    const grant = this.#patient.device.grant({
      patient,
      custodian: this.#organisation.id,
      grantee: 'lakeside',
      linked: false,
    });
    const answer = await this.#organisation.call('POST', '/consents', { as: this.#as(), body: grant.body });
    this.round.answered += 1;
    if (answer.status === 201) this.round.grants.push(grant);
  }

  async #revoke(): Promise<void> {
    const grant = this.round.grants.find(({ id }) => !this.round.revoking.has(id));
    if (grant === undefined) return;
    this.round.revoking.add(grant.id);
    const answer = await this.#patient.device.revoke(grant, this.#organisation);
    if (answer.status === 200) this.round.revoked.add(grant.id);
  }
}
