import { setTimeout as pause } from 'node:timers/promises';
import type { DemoPatient } from '../../journeys/harness/demo.ts';
import type { RunningNode } from '../../journeys/harness/running-node.ts';

/** A transaction that a node said was final. */
export interface Acknowledged {
  readonly transaction: string;
  readonly height: number;
  readonly organisation: string;
  /** When the answer was there, by the test's monotonic clock. */
  readonly atMs: number;
}

/** Between two grants of one submitter: a few a second in all, so that the machine measures the fault and not the load. */
const PACE_MS = 150;
/** A node that refuses is asked again soon. */
const REFUSED_PACE_MS = 250;
/** A submitter gives up waiting for one answer after this: the transaction is then not counted as acknowledged. */
const ANSWER_TIMEOUT_MS = 20_000;

/** Grants without end at each of some custodians, every acknowledgement noted. */
export class Load {
  readonly acknowledged: Acknowledged[] = [];
  /** Answers other than 201, by status or kind. */
  readonly refused = new Map<string, number>();
  #isEnding = false;
  readonly #submitters: Promise<void>[];

  /** Begins at once. `patients` by custodian. */
  constructor(node: RunningNode, patients: ReadonlyMap<string, DemoPatient>) {
    this.#submitters = [...patients].map(([custodian, patient]) => this.#submit(node, custodian, patient));
  }

  async #submit(node: RunningNode, custodian: string, patient: DemoPatient): Promise<void> {
    const at = node.organisation(custodian);
    const grantee = node.organisations.find((id) => id !== custodian) ?? custodian;
    while (!this.#isEnding) {
      const grant = patient.device.grant({
        patient: patient.at(custodian),
        custodian,
        grantee,
        linked: false,
      });
      try {
        const answer = await patient.device.send(grant, at, { timeoutMs: ANSWER_TIMEOUT_MS });
        if (answer.status === 201) {
          const { transaction, height } = answer.json;
          this.acknowledged.push({ transaction, height, organisation: custodian, atMs: performance.now() });
          await pause(PACE_MS);
          continue;
        }
        this.#refuse(String(answer.status));
      } catch {
        this.#refuse('no answer');
      }
      await pause(REFUSED_PACE_MS);
    }
  }

  #refuse(kind: string): void {
    this.refused.set(kind, (this.refused.get(kind) ?? 0) + 1);
  }

  /** Acknowledgements of an organisation, or all, after a moment. */
  since(ms: number, organisation?: string): number {
    return this.acknowledged.filter(
      (each) => each.atMs > ms && (organisation === undefined || each.organisation === organisation),
    ).length;
  }

  /** Longest time without an acknowledgement anywhere between two moments, in milliseconds. */
  longestPauseMs(fromMs: number, toMs: number, organisation?: string): number {
    const times = this.acknowledged
      .filter((each) => organisation === undefined || each.organisation === organisation)
      .map(({ atMs }) => atMs)
      .filter((at) => at > fromMs && at < toMs)
      .sort((a, b) => a - b);
    const edges = [fromMs, ...times, toMs];
    return Math.round(Math.max(...edges.slice(1).map((at, index) => at - (edges[index] ?? at))));
  }

  /** Ends when what is under way is answered or given up. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await Promise.all(this.#submitters);
  }
}
