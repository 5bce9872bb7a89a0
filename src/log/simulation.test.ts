import { cpSync, existsSync, rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import {
  consistencyProof,
  leafHash,
  parseDecimal,
  parseSignedCheckpoint,
  rootFromLeaves,
  toBase64,
  verifyConsistency,
} from '../proof/index.ts';
import { checkLog, LogError } from './index.ts';
import { testEntries } from './suite/material.ts';
import { FOUR, TestNetwork } from './suite/network.ts';
import { TwoHistories } from './suite/two-histories.ts';

/** Seeds run each time, and steps of each; `HOLDFAST_SIMULATION_SEEDS` runs more. */
const SEEDS = Number(process.env.HOLDFAST_SIMULATION_SEEDS ?? 8);
const STEPS = 60;
const FIRST_SEED = Number(process.env.HOLDFAST_SIMULATION_FIRST ?? 1);

/** A small generator of numbers in [0, 1) that a seed fixes (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One cosignature that a witness gave: it stands for the entries of that head. */
interface Given {
  readonly witness: string;
  readonly origin: string;
  readonly size: number;
  readonly root: string;
}

/** Four logs and their witnesses on a network that drops, duplicates, delays and reorders, with crashes and clocks that jump. */
class Simulation {
  readonly network: TestNetwork;
  readonly random: () => number;
  readonly given: Given[] = [];
  readonly entries = new Map<string, Uint8Array[]>(FOUR.map((organisation) => [organisation, []]));
  /** Requests that were taken for lost and may still arrive. */
  readonly late: (() => Promise<unknown>)[] = [];
  #appended = 0;
  #faultRate = 0.3;

  constructor(seed: number) {
    this.random = generator(seed);
    this.network = new TestNetwork({
      files: true,
      onRecovered: () => () => undefined,
      wire: {
        addCheckpoint: (_from, to, body, deliver) => this.#carry(to, body, deliver),
        fetch: async (_reader, _source, _path, deliver) => {
          if (this.random() < this.#faultRate / 10) throw new LogError('unavailable', 'lost');
          return deliver();
        },
      },
    });
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T;
  }

  /** Carries a request: through, lost on the way there, lost on the way back, twice, or later than anyone waits. */
  async #carry(to: string, body: string, deliver: () => Promise<{ status: number; body: string }>) {
    const send = async () => this.note(to, body, await deliver());
    const fate = this.random() / this.#faultRate;
    if (fate < 0.2) throw new Error('lost on the way there');
    if (fate < 0.4) {
      await send();
      throw new Error('lost on the way back');
    }
    if (fate < 0.6) await send();
    if (fate < 0.8 && fate >= 0.6) {
      this.late.push(send);
      throw new Error('taken for lost');
    }
    return send();
  }

  note(witness: string, body: string, reply: { status: number; body: string }) {
    if (reply.status === 200) {
      const { checkpoint } = parseSignedCheckpoint(body.slice(body.indexOf('\n\n') + 2));
      const { origin, size, root } = checkpoint;
      this.given.push({ witness, origin, size: Number(size), root: toBase64(root) });
    }
    return reply;
  }

  append(organisation: string): void {
    const count = 1 + Math.floor(this.random() * 40);
    const added = testEntries('s', count, this.#appended);
    this.#appended += count;
    this.network.append(organisation, added);
    this.entries.get(organisation)?.push(...added);
  }

  async arriveLate(): Promise<void> {
    const [send] = this.late.splice(Math.floor(this.random() * this.late.length), 1);
    await send?.().catch(() => undefined);
  }

  async step(): Promise<void> {
    const organisation = this.pick(FOUR);
    const roll = this.random();
    if (roll < 0.35) this.append(organisation);
    else if (roll < 0.75) await Promise.all([this.publish(organisation), this.publish(this.pick(FOUR))]);
    else if (roll < 0.9) await this.arriveLate();
    else if (roll < 0.96) this.network.reopen(organisation);
    else this.network.time += Math.floor((this.random() - 0.5) * 600_000);
  }

  async publish(organisation: string): Promise<void> {
    try {
      await this.network.member(organisation).log.publish();
    } catch (error) {
      if (!(error instanceof LogError) || error.code !== 'unavailable') throw error;
    }
  }

  /** The faults end, everything late arrives, and everybody publishes. */
  async settle(organisations: readonly string[] = FOUR): Promise<void> {
    while (this.late.length > 0) await this.arriveLate();
    this.#faultRate = 1e-9;
    for (let round = 0; round < 2; round++) {
      for (const organisation of organisations) {
        this.append(organisation);
        await this.network.member(organisation).log.publish();
      }
    }
  }
}

let cosignatures = 0;
let lost = 0;
let quorums = 0;
afterAll(() => {
  // Otherwise the runs would show nothing.
  expect(Math.min(cosignatures, lost, quorums)).toBeGreaterThan(0);
  console.log(
    `simulation: ${SEEDS} seeds from ${FIRST_SEED}, ${cosignatures} cosignatures given, ${lost} runs with a restored log, ${quorums} heads with a quorum of a log that has two histories`,
  );
});

const seeds = Array.from({ length: SEEDS }, (_, i) => FIRST_SEED + i);

describe('honest members on a bad network', () => {
  test.each(seeds)(
    'seed %i: every cosigned head is one of the log, and all of them arrive in the end',
    async (seed) => {
      const simulation = new Simulation(seed);
      const { network } = simulation;
      try {
        for (let step = 0; step < STEPS; step++) await simulation.step();
        await simulation.settle();
        cosignatures += simulation.given.length;
        for (const { organisation, origin, log, database, told } of network.members.values()) {
          const leaves = (simulation.entries.get(organisation) ?? []).map(leafHash);
          expect(log.cosigned()?.size).toBe(leaves.length);
          for (const { size, root } of simulation.given.filter((given) => given.origin === origin)) {
            expect(root).toBe(toBase64(rootFromLeaves(leaves.slice(0, size))));
          }
          expect(told).toEqual([]);
          expect((await checkLog(database)).problems).toEqual([]);
        }
      } finally {
        network.close();
      }
    },
    60_000,
  );

  test.each(seeds)(
    'seed %i: a member whose disk is replaced by an old backup forks nothing',
    async (seed) => {
      const simulation = new Simulation(seed + 10_000);
      const { network } = simulation;
      const victim = simulation.pick(FOUR);
      const path = network.path(victim);
      try {
        for (let step = 0; step < STEPS / 2; step++) await simulation.step();
        await network.member(victim).database.backup(`${path}.backup`);
        for (let step = 0; step < STEPS / 2; step++) await simulation.step();
        network.member(victim).database.close();
        for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
        cpSync(`${path}.backup`, path);
        expect(existsSync(path)).toBe(true);
        network.reopen(victim);
        for (let step = 0; step < STEPS / 2; step++) await simulation.step();
        await simulation.settle();
        lost += network.member(victim).log.recovered().length > 0 ? 1 : 0;
        expectNoForks(simulation);
        for (const { told, log } of network.members.values()) {
          expect(told).toEqual([]);
          expect(log.cosigned()?.size).toBe(log.size());
        }
      } finally {
        network.close();
      }
    },
    60_000,
  );
});

/** All heads that witnesses ever cosigned for a log follow from the log as it is now. */
function expectNoForks({ given, network }: Simulation): void {
  for (const { origin, log } of network.members.values()) {
    for (const { size, root } of given.filter((one) => one.origin === origin)) {
      expect(root).toBe(toBase64(log.rootAt(size)));
    }
  }
}

describe('a malicious member among four', () => {
  test.each(seeds)(
    'seed %i: never gathers a quorum for each of two histories',
    async (seed) => {
      const simulation = new Simulation(seed + 20_000);
      const { network } = simulation;
      const liar = new TwoHistories(network, 'st-mary', simulation.random);
      const others = FOUR.filter((organisation) => organisation !== 'st-mary');
      try {
        for (let step = 0; step < STEPS; step++) {
          if (simulation.random() < 0.5) {
            const witness = simulation.pick(others);
            const request = await liar.request(witness);
            const send = async () =>
              simulation.note(witness, request, await network.member(witness).witness.addCheckpoint(request));
            if (simulation.random() < 0.2) simulation.late.push(send);
            else liar.learn(witness, await send());
          } else {
            const organisation = simulation.pick(others);
            if (simulation.random() < 0.5) simulation.append(organisation);
            else await simulation.publish(organisation);
            if (simulation.random() < 0.1) network.reopen(organisation);
          }
        }
        await simulation.settle(others);
        cosignatures += simulation.given.length;
        expectQuorumsConsistent(simulation, liar);
      } finally {
        network.close();
      }
    },
    60_000,
  );
});

/** Any two heads that a quorum (two of three others) cosigned must be consistent, by proof. */
function expectQuorumsConsistent({ given }: Simulation, liar: TwoHistories): void {
  const byHead = Map.groupBy(
    given.filter(({ origin }) => origin === liar.origin),
    ({ size, root }) => `${size} ${root}`,
  );
  const accepted = [...byHead]
    .filter(([, cosigned]) => new Set(cosigned.map(({ witness }) => witness)).size >= 2)
    .map(([head]) =>
      liar.historyOf(Number(parseDecimal(head.split(' ')[0] ?? '')), head.split(' ')[1] ?? ''),
    );
  quorums += accepted.length;
  for (const a of accepted) {
    for (const b of accepted) {
      if (a.size === 0 || a.size > b.size) continue;
      const proof = consistencyProof(a.size, b.size, b.nodeAt);
      const claim = { size1: BigInt(a.size), size2: BigInt(b.size), root1: a.root, root2: b.root, proof };
      expect(verifyConsistency(claim)).toBe(true);
    }
  }
}
