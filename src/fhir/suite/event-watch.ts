import { expect } from 'vitest';
import { EventReader } from '../../../test/interop/event-reader.ts';
import type { FhirNode } from './fhir-node.ts';
import type { Claims } from './request.ts';
import { basic, observation } from './resource.ts';

/** The code of what is written unless another is given. */
export const CODE = '718-7';

/** What a patient permits who lets research see their record. */
export const RESEARCH = {
  type: 'permit',
  purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }],
};
/** Somebody of the organisation who asks for research, which only a consent permits. */
export const RESEARCHER: Claims = { sub: 'r', fhirUser: 'Practitioner/r', purpose_of_use: ['HRESCH'] };

/** Streams of a node, and writes that they may tell of. */
export class EventWatch {
  readonly #node: FhirNode;
  readonly #readers: EventReader[] = [];
  #made = 0;

  constructor(node: FhirNode) {
    this.#node = node;
  }

  /** Opens a stream, in somebody's name or with a header; with an empty one there is no token. Resolves when it is open, or refused. */
  async open(
    path = '',
    as: Claims | string = {},
    headers: Record<string, string> = {},
  ): Promise<EventReader> {
    const authorization = typeof as === 'string' ? as : await this.#node.bearer(as);
    // What a consent names is known before anything is decided by it.
    await this.#node.send('GET', 'metadata');
    const reader = await EventReader.open({
      port: this.#node.address.port,
      path: `/orgs/${this.#node.services.organisation}/events${path}`,
      headers: { ...(authorization === '' ? {} : { authorization }), ...headers },
    });
    this.#readers.push(reader);
    if (reader.status === 200) await reader.until('it is open', () => reader.lastId !== '');
    else await reader.until('the refusal', () => reader.text.endsWith('}'));
    return reader;
  }

  /** Closes every stream, and resolves when none is open: whoever went away holds nothing. */
  async close(): Promise<void> {
    for (const reader of this.#readers.splice(0)) reader.close();
    await this.drained();
  }

  /** Resolves when no stream is open any more. */
  async drained(): Promise<void> {
    await expect.poll(() => this.#node.events.streams.size, { timeout: 10_000 }).toBe(0);
  }

  /** Writes a new Observation; the reference of its version. */
  observe(subject: string, code = CODE, more: object = {}): Promise<string> {
    this.#made += 1;
    return this.write(observation(`e${this.#made}`, subject, code, more), subject);
  }

  /** Writes an Observation as the patient: staff whom a patient denies could not. */
  async write(resource: { id: string }, subject: string): Promise<string> {
    const as: Claims = {
      fhirUser: `Patient/${subject}`,
      patient: subject,
      scope: 'patient/*.cruds',
      purpose_of_use: ['PATRQT'],
    };
    const path = `Observation/${resource.id}`;
    const { status, text, json } = await this.#node.send('PUT', path, { as, body: resource });
    if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
    return `${path}/_history/${json.meta.versionId}`;
  }

  /** Writes what is about nobody. */
  async writeBasic(): Promise<string> {
    this.#made += 1;
    const id = `m${this.#made}`;
    await this.#node.put({ ...basic('marker'), id, resourceType: 'Basic' });
    return `Basic/${id}/_history/1`;
  }
}
