import type { LabelCoding } from '../../consent/index.ts';
import type { StoredVersion, Vault, VersionWrite } from '../../vault/index.ts';
import { AuditError } from '../errors.ts';
import type { RightsRegister } from './rights-register.ts';
import type { RightsRequest, RightsStep } from './rights-request.ts';
import { relabelled } from './statement.ts';
import { type Labelling, statementLabels } from './statement-labels.ts';

/** Steps after which the dispute, as it then stands, goes with every later disclosure (45 CFR 164.526(d)(5)). */
const DISCLOSED: readonly RightsStep['what'][] = ['enclosed', 'disagreed', 'rebutted'];

/** Who writes the versions that only have other labels. */
const ACTOR = 'holdfast';

/** Whether one of these steps put a statement among what is disclosed. */
export function isDisclosed(steps: readonly RightsStep[]): boolean {
  return steps.some(({ what }) => DISCLOSED.includes(what));
}

/** A dispute of which a statement stands, and the record that it is about. */
type Dispute = Pick<RightsRequest, 'id' | 'object' | 'received'>;

/** What statements are kept in step with. */
export interface StatementParts extends Labelling {
  readonly vault: Pick<Vault, 'read' | 'transact'>;
  readonly rights: Pick<RightsRegister, 'deniedAmendments'>;
  readonly now: () => Date;
  /** Told of requests that cannot be opened; gets no health data. */
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
  /** Ids of disputes whose statement may lack labels. */
  readonly #waiting = new Set<string>();

  constructor(parts: StatementParts) {
    this.#parts = parts;
  }

  /** Finds every statement of a request that can be opened. Each waits for {@link round}: a node that starts cannot write before it has seen the ledger. */
  async load(): Promise<void> {
    const { rights, onFault } = this.#parts;
    for await (const request of rights.deniedAmendments(onFault)) this.#add(request);
  }

  /** Labels what has not been since it was found, or could not be. Rejects, with all others labelled, when one cannot be. */
  async round(): Promise<void> {
    await this.#labelEach([...this.#waiting]);
  }

  /** Follows a request from now on, where a statement of it stands. */
  async follow(request: Partial<RightsRequest>): Promise<void> {
    const id = this.#add(request);
    // The record may have been written since the labels were read.
    if (id !== undefined) await this.#labelEach([id]);
  }

  /** Takes what was written; resolves when the statements about it have its labels. Rejects as {@link round} does. */
  async written(versions: readonly VersionWrite[]): Promise<void> {
    if (this.#disputes.size === 0) return;
    const ids = new Set(
      versions.flatMap(({ type, id }) => [...(this.#concerned.get(`${type}/${id}`) ?? [])]),
    );
    await this.#labelEach([...ids]);
  }

  #add({ id, object, received, steps = [] }: Partial<RightsRequest>): string | undefined {
    if (id === undefined || object === undefined || received === undefined || !isDisclosed(steps))
      return undefined;
    this.#disputes.set(id, { id, object, received });
    this.#waiting.add(id);
    const [type = '', record = ''] = object.split('/');
    for (const reference of [`${type}/${record}`, `Communication/${id}`])
      this.#concerned.set(reference, (this.#concerned.get(reference) ?? new Set()).add(id));
    return id;
  }

  async #labelEach(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#waiting.add(id);
    const done = await Promise.allSettled(ids.map((id) => this.#label(id)));
    for (const each of done) if (each.status === 'rejected') throw each.reason;
  }

  async #label(id: string): Promise<void> {
    const { vault, now } = this.#parts;
    const dispute = this.#disputes.get(id);
    if (dispute === undefined) return;
    const labels = await this.#labelsOf(dispute, await vault.read('Communication', id));
    await vault.transact([`Communication/${id}`], (read) => {
      const stands = read.read('Communication', id);
      const version = relabelled(stands, labels, { now: now(), actor: ACTOR });
      return { change: version === undefined ? {} : { versions: [version] }, result: undefined };
    });
    this.#waiting.delete(id);
  }

  /** None to add where the record is erased: nobody knows its labels any more, and the statement keeps those it has. */
  async #labelsOf(dispute: Dispute, stands: StoredVersion | undefined): Promise<readonly LabelCoding[]> {
    try {
      return await statementLabels(this.#parts, dispute, stands);
    } catch (error) {
      if (error instanceof AuditError) return [];
      throw error;
    }
  }
}
