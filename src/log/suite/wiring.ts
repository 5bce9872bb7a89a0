import { type FetchTile, inProcessWitness, tilesOf, type WitnessClient } from '../index.ts';
import { originOf } from './material.ts';
import type { TestMember } from './test-member.ts';

/** What a test may put between members: called for every message, it may wait, change, drop (throw) or let pass. */
export interface Wire {
  addCheckpoint?(
    from: string,
    to: string,
    body: string,
    deliver: () => Promise<{ status: number; body: string }>,
  ): Promise<{ status: number; body: string }>;
  fetch?(
    reader: string,
    source: string,
    path: string,
    deliver: () => Promise<Uint8Array | undefined>,
  ): Promise<Uint8Array | undefined>;
}

/** How members reach each other: through the same bytes as over HTTP, and through the wire. */
export class Wiring {
  readonly #wire: Wire;
  readonly #member: (organisation: string) => TestMember;
  readonly #witnesses = new Map<string, WitnessClient[]>();

  constructor(wire: Wire, member: (organisation: string) => TestMember) {
    this.#wire = wire;
    this.#member = member;
  }

  /** The others as witnesses of an owner's log: the same clients for as long as the network stands. */
  witnesses(owner: string, others: readonly string[]): WitnessClient[] {
    const known = this.#witnesses.get(owner);
    if (known !== undefined) return known;
    const clients = others.map((organisation) => this.#witness(owner, organisation));
    this.#witnesses.set(owner, clients);
    return clients;
  }

  #witness(owner: string, organisation: string): WitnessClient {
    const client = inProcessWitness({
      organisation,
      witness: () => this.#member(organisation).witness,
      mirror: this.mirror(owner, organisation, originOf(owner)),
    });
    return {
      ...client,
      addCheckpoint: (body: string, signal: AbortSignal) => {
        const deliver = () => client.addCheckpoint(body, signal);
        return this.#wire.addCheckpoint?.(owner, organisation, body, deliver) ?? deliver();
      },
    };
  }

  /** The tiles of an owner's log, as a reader gets them from the owner. */
  tiles(reader: string, owner: string): FetchTile {
    const fetch = tilesOf(() => this.#member(owner).log.source);
    return this.#wired(reader, owner, fetch);
  }

  /** The tiles of a log, as a reader gets them from a holder of its mirror. */
  mirror(reader: string, holder: string, origin: string): FetchTile {
    const fetch = tilesOf(() => this.#member(holder).witness.mirrorSource(origin));
    return this.#wired(reader, holder, fetch);
  }

  #wired(reader: string, source: string, fetch: FetchTile): FetchTile {
    return (path, signal) => {
      const deliver = () => fetch(path, signal);
      return this.#wire.fetch?.(reader, source, path, deliver) ?? deliver();
    };
  }
}
