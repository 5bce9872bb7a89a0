import { randomId } from '../../crypto/index.ts';
import { canonicalize, type JsonObject } from '../../proof/index.ts';
import { type Vault, VaultError, type VersionWrite } from '../../vault/index.ts';
import { AuditError } from '../errors.ts';
import type { RecordStore } from '../record-store.ts';
import { isFree, type RightsKind } from './clock.ts';
import { type Act, isOverdue, type RightsRequest, receive } from './rights-request.ts';

/** Kind of the log entries that requests and their steps leave. */
const EVENT_KIND = 'rights';
/** Requests of one patient that are looked at for the free accounting. */
const MAX_OF_PATIENT = 500; // one a month for forty years

/** Requests read at a time. */
const PAGE = 500;

/** What is kept beside the sealed text: enough to watch the clock without opening it. */
interface Row {
  readonly id: string;
  readonly kind: RightsKind;
  readonly patient: string;
  readonly status: RightsRequest['status'];
  readonly received: string;
  readonly due: string;
  /** Ids of the log entries of its steps; the newest holds the whole request. */
  readonly events: readonly string[];
}

/** A request as it is shown: with the entries that prove it, or without words once the patient is erased. */
export type ListedRequest = Partial<RightsRequest> &
  Omit<Row, 'events'> & {
    readonly overdue: boolean;
    /** Log entries of its steps, oldest first; each has a receipt. */
    readonly events: readonly string[];
    readonly erased?: true;
  };

/** A page of requests, newest first. */
export interface RequestPage {
  readonly requests: readonly ListedRequest[];
  readonly next: number | undefined;
}

/** A change of a request, and versions that commit with it. */
export interface RightsChange {
  readonly request: RightsRequest;
  readonly versions?: readonly VersionWrite[];
}

/**
 * Requests for access, amendment and accounting. What they say is health data: it is sealed under the patient's own data key and
 * goes with it, while the log keeps proving that there was a request. Each step is an entry of the log with the whole
 * request as its content.
 */
export class RightsRegister {
  readonly #vault: Pick<Vault, 'commit' | 'opening' | 'read'>;
  readonly #store: RecordStore;
  readonly #now: () => Date;
  /** Steps are rare and follow one another. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(vault: Pick<Vault, 'commit' | 'opening' | 'read'>, store: RecordStore, now: () => Date) {
    this.#vault = vault;
    this.#store = store;
    this.#now = now;
  }

  /** Takes a request. Throws AuditError `not-found` for a patient or record that is not here. */
  receive(
    said: { readonly kind: RightsKind; readonly patient: string; readonly object?: string },
    act: Omit<Act, 'at'>,
  ): Promise<ListedRequest> {
    return this.#inTurn(async () => {
      const { kind, patient, object } = said;
      await this.#requirePatient(patient);
      if (object !== undefined) await this.requireRecord(object, patient);
      const now = this.#now();
      const earlier = this.#store
        .list<Row>('request', { owner: patient, limit: MAX_OF_PATIENT })
        .records.filter((row) => row.kind === 'accounting')
        .map(({ received }) => new Date(received));
      const free = kind === 'accounting' ? { free: isFree(earlier, now) } : {};
      const request = receive({ id: randomId(), ...free, ...said }, { ...act, at: now });
      return await this.#commit({ request }, []);
    });
  }

  /** One step on: `change` sees the request as it stands. Throws AuditError `not-found`, and what `change` throws. */
  step(
    id: string,
    change: (request: RightsRequest, now: Date) => RightsChange | Promise<RightsChange>,
  ): Promise<ListedRequest> {
    return this.#inTurn(async () => {
      const row = this.#row(id);
      const request = await this.#open(row);
      if (request === undefined)
        throw new AuditError('out-of-order', 'The patient of this request is erased.');
      return await this.#commit(await change(request, this.#now()), row.events);
    });
  }

  /** A request. Throws AuditError `not-found`. */
  async read(id: string): Promise<ListedRequest> {
    return await this.#listed(this.#row(id));
  }

  /** Requests, newest first. */
  async list(query: { patient?: string; before?: number; limit: number }): Promise<RequestPage> {
    const { patient, before, limit } = query;
    const page = this.#store.list<Row>('request', {
      ...(patient === undefined ? {} : { owner: patient }),
      ...(before === undefined ? {} : { before }),
      limit,
    });
    const requests: ListedRequest[] = [];
    for (const row of page.records) requests.push(await this.#listed(row));
    return { requests, next: page.next };
  }

  /** Denied and disputed amendments whose patient is not erased, newest first. One that cannot be opened is told of, and hides no other. */
  async *deniedAmendments(onFault: (error: unknown) => void): AsyncGenerator<RightsRequest> {
    let before: number | undefined;
    do {
      const page = this.#store.list<Row>('request', {
        limit: PAGE,
        ...(before === undefined ? {} : { before }),
      });
      for (const row of page.records) {
        const isDenied = row.kind === 'amendment' && (row.status === 'denied' || row.status === 'disputed');
        if (!isDenied) continue;
        try {
          const request = await this.#open(row);
          if (request !== undefined) yield request;
        } catch (error) {
          onFault(error);
        }
      }
      before = page.next;
    } while (before !== undefined);
  }

  /** Throws AuditError `not-found`, the same for a record that is not here and for one of somebody else. */
  async requireRecord(object: string, patient: string): Promise<void> {
    const [type = '', id = '', , version] = object.split('/');
    const stored = await this.#vault.read(type, id, version === undefined ? undefined : Number(version));
    if (stored?.text === undefined || !stored.patients.includes(patient))
      throw new AuditError('not-found', `The patient has no such record: ${object.slice(0, 100)}`);
  }

  async #requirePatient(patient: string): Promise<void> {
    const stored = await this.#vault.read('Patient', patient);
    if (stored?.text === undefined) throw new AuditError('not-found', 'There is no such patient.');
  }

  async #commit({ request, versions = [] }: RightsChange, events: readonly string[]): Promise<ListedRequest> {
    const { id, kind, patient, status, received, due, steps } = request;
    const last = steps.at(-1);
    const event = randomId();
    const text = canonicalize(request as unknown as JsonObject);
    await this.#vault.commit({
      versions,
      events: [
        {
          id: event,
          kind: EVENT_KIND,
          object: `request/${id}/${steps.length}`,
          actor: last?.actor ?? '',
          time: last?.at ?? received,
          content: { text, sourceKey: { type: 'Patient', id: patient } },
        },
      ],
    });
    const row: Row = { id, kind, patient, status, received, due, events: [...events, event] };
    this.#store.put('request', id, row, patient);
    return { ...request, events: row.events, overdue: isOverdue(request, this.#now()) };
  }

  #row(id: string): Row {
    const row = this.#store.get<Row>('request', id);
    if (row === undefined) throw new AuditError('not-found', 'There is no such request.');
    return row;
  }

  async #open({ events }: Row): Promise<RightsRequest | undefined> {
    const opening = await this.#vault.opening(events.at(-1) ?? '');
    if (opening === undefined)
      throw new VaultError('damaged', 'The entry of a request is missing; run "holdfast fsck".');
    return opening.content === undefined ? undefined : (JSON.parse(opening.content) as RightsRequest);
  }

  async #listed(row: Row): Promise<ListedRequest> {
    const request = await this.#open(row);
    if (request === undefined) return { ...row, overdue: false, erased: true };
    return { ...request, events: row.events, overdue: isOverdue(request, this.#now()) };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}
