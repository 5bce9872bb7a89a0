import type { Vault, VersionWrite } from '../../vault/index.ts';
import { AuditError } from '../errors.ts';
import type { RightsRegister } from './rights-register.ts';
import type { RightsRequest } from './rights-request.ts';
import { isDisclosed, relabelled } from './statement.ts';
import {
  type Labelling,
  NO_LABELS,
  type RecordLabels,
  recordLabels,
  statementLabels,
} from './statement-labels.ts';

/** Who writes the versions that only have other labels. */
const ACTOR = 'holdfast';

/** A dispute of which a statement stands, the record that it is about, and what that was labelled with when it was read last. */
interface Dispute extends Pick<RightsRequest, 'id' | 'object' | 'received'> {
  readonly record: RecordLabels;
}

/** What statements are kept in step with. */
export interface StatementParts extends Labelling {
  readonly vault: Pick<Vault, 'read' | 'transact'>;
  readonly rights: Pick<RightsRegister, 'deniedAmendments'>;
  readonly now: () => Date;
  /** Told of requests that cannot be opened, and once of each statement that cannot be labelled; gets no health data. */
  readonly onFault: (error: unknown) => void;
}

/**
 * The statements that stand, each labelled with what its record is labelled with by now: a record that becomes sensitive later must not be
 * told of by what is said about it. A statement is labelled anew before whoever wrote the record is answered, and all of them when a
 * node has started, because the rules may have changed.
 */
export class StandingStatements {
  readonly #parts: StatementParts;
  readonly #disputes = new Map<string, Dispute>();
  /** Ids of the disputes about a resource, by its reference; of a statement its own. */
  readonly #concerned = new Map<string, Set<string>>();
  /** Ids of disputes whose statement may lack labels, each with the number of the last wish to label it. */
  readonly #waiting = new Map<string, number>();
  #wishes = 0;
  /** Those among them that were told of. */
  readonly #told = new Set<string>();

  constructor(parts: StatementParts) {
    this.#parts = parts;
  }

  /** Finds every statement of a request that can be opened. Each waits for {@link round}: a node that starts cannot write before it has seen the ledger. */
  async load(): Promise<void> {
    const { rights, onFault } = this.#parts;
    for await (const request of rights.deniedAmendments(onFault)) this.#add(request);
  }

  /** How many statements may lack labels of their record: until a {@link round} has labelled them. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Labels what has not been since it was found, or could not be. One that still cannot be is told of once, and tried again by the next. */
  async round(): Promise<void> {
    const tell = (id: string, error: unknown) => {
      if (this.#told.has(id)) return;
      this.#told.add(id);
      this.#parts.onFault(error);
    };
    await Promise.all(
      [...this.#waiting.keys()].map((id) => this.#label(id).catch((error) => tell(id, error))),
    );
  }

  /** Follows a request from now on, where a statement of it stands. */
  async follow(request: Partial<RightsRequest>): Promise<void> {
    const id = this.#add(request);
    // The record may have been written since the labels were read.
    if (id !== undefined) await this.#labelEach([id]);
  }

  /** Takes what was written; resolves when the statements about it have its labels. Rejects, with all others labelled, when one cannot be. */
  async written(versions: readonly Pick<VersionWrite, 'type' | 'id'>[]): Promise<void> {
    if (this.#disputes.size === 0) return;
    const ids = new Set(
      versions.flatMap(({ type, id }) => [...(this.#concerned.get(`${type}/${id}`) ?? [])]),
    );
    await this.#labelEach([...ids]);
  }

  #add({ id, object, received, steps = [] }: Partial<RightsRequest>): string | undefined {
    if (id === undefined || object === undefined || received === undefined || !isDisclosed(steps))
      return undefined;
    const known = this.#disputes.get(id)?.record ?? NO_LABELS;
    this.#disputes.set(id, { id, object, received, record: known });
    this.#wish(id);
    const [type = '', record = ''] = object.split('/');
    for (const reference of [`${type}/${record}`, `Communication/${id}`])
      this.#concerned.set(reference, (this.#concerned.get(reference) ?? new Set()).add(id));
    return id;
  }

  #wish(id: string): void {
    this.#wishes += 1;
    this.#waiting.set(id, this.#wishes);
  }

  async #labelEach(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#wish(id);
    const done = await Promise.allSettled(ids.map((id) => this.#label(id)));
    for (const each of done) if (each.status === 'rejected') throw each.reason;
  }

  async #label(id: string): Promise<void> {
    const { vault, labels, now } = this.#parts;
    const dispute = this.#disputes.get(id);
    if (dispute === undefined) return;
    const wish = this.#waiting.get(id);
    const record = await this.#recordOf(dispute);
    if (record !== undefined)
      await vault.transact([`Communication/${id}`], (read) => {
        // As it stands under the lock: what somebody put on it a moment ago stays.
        const stands = read.read('Communication', id);
        const ofBoth = statementLabels(labels, record, stands);
        const version = relabelled(stands, ofBoth, { now: now(), actor: ACTOR });
        return { change: version === undefined ? {} : { versions: [version] }, result: undefined };
      });
    // What was wished since is not done by what was read before.
    if (this.#waiting.get(id) !== wish) return;
    this.#waiting.delete(id);
    this.#told.delete(id);
  }

  /** Only what was written since is read. Of an erased record what was read before; undefined for none: the statement keeps what it has. */
  async #recordOf(dispute: Dispute): Promise<RecordLabels | undefined> {
    try {
      const record = await recordLabels(this.#parts, dispute, dispute.record);
      // Another that read on meanwhile has more.
      const { record: latest = record } = this.#disputes.get(dispute.id) ?? {};
      if (latest.version <= record.version) this.#disputes.set(dispute.id, { ...dispute, record });
      return record;
    } catch (error) {
      if (error instanceof AuditError) return dispute.record.version > 0 ? dispute.record : undefined;
      throw error;
    }
  }
}
