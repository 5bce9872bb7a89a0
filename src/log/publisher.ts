import type { Database } from '../database/index.ts';
import {
  consistencyProof,
  formatCheckpoint,
  type Primitives,
  type Signer,
  signCheckpoint,
  type TrustPolicy,
  type VerifierKey,
} from '../proof/index.ts';
import type { Alarms } from './alarm.ts';
import { collectCosignatures } from './collect.ts';
import type { CosignedCheckpoints } from './cosigned-checkpoints.ts';
import type { Coverage } from './coverage.ts';
import { LogError } from './errors.ts';
import { confirmHead } from './head-confirmation.ts';
import type { OnRecovered, Recovery } from './recovery.ts';
import type { SignedHead } from './signed-head.ts';
import type { TiledTree } from './tiled-tree.ts';
import type { WitnessClient } from './witness-client.ts';
import { type LinkOutcome, WitnessLink } from './witness-link.ts';

/** Entries read, hashed and stored at one time: small enough that requests in between do not notice. */
const INTEGRATED_ENTRIES = 4_096;

/** Who witnesses a log now. It changes with the membership, so it is asked for at every publication. */
export interface Witnessing {
  /** The policy of this one log (FORMATS §3), newest version. */
  readonly policy: TrustPolicy;
  /** The policy's witnesses that can be reached; others count as silent. */
  readonly witnesses: readonly WitnessClient[];
  /** Keys that signed this log before its present one: heads signed by them are believed when the log looks for what it lost. */
  readonly earlierKeys?: readonly VerifierKey[];
}

/** What one publication came to. */
export interface Published {
  readonly state: /** A new checkpoint has its quorum. */
    | 'published'
    /** The newest checkpoint covers everything already. */
    | 'unchanged'
    /** Nothing was ever appended. */
    | 'empty'
    /** No policy is known yet: this organisation has not seen the ledger. */
    | 'no-policy'
    /** Too few witnesses cosigned; the entries are safe, and the next tick tries again. */
    | 'no-quorum'
    /** Too few members could be asked whether a larger head exists; nothing was signed. */
    | 'unconfirmed';
  /** Entries that the tree covers. */
  readonly size: number;
  /** How each witness answered, as far as they did. */
  readonly witnesses: readonly LinkOutcome[];
  /** Leaves that came back from mirrors on the way. */
  readonly recoveries: readonly Recovery[];
}

/** What a publisher works on. */
export interface PublisherParts {
  readonly database: Database;
  readonly tree: TiledTree;
  readonly alarms: Alarms;
  readonly primitives: Primitives;
  readonly signed: SignedHead;
  readonly cosigned: CosignedCheckpoints;
  readonly coverage: Coverage;
  readonly signer: Signer;
  readonly witnessing: () => Witnessing | undefined;
  readonly onRecovered?: OnRecovered | undefined;
}

/** Turns appended entries into a tree, a signed head and a cosigned checkpoint. */
export class Publisher {
  readonly #parts: PublisherParts;
  readonly #links = new Map<string, WitnessLink>();
  /** Sizes that witnesses claimed to have cosigned and that were then looked into. */
  readonly #claims = new Map<string, number>();
  #confirmed = false;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
  }

  /** One publication; calls must not overlap. Throws `forked`, after which nothing will ever be signed without people. */
  async publish(): Promise<Published> {
    const { tree, cosigned, witnessing } = this.#parts;
    const current = witnessing();
    if (current === undefined) return this.#outcome('no-policy');
    const recoveries = await this.#confirm(current);
    if (!this.#confirmed) return this.#outcome('unconfirmed', [], recoveries);
    await this.#integrate();
    if (tree.size === 0) return this.#outcome('empty');
    const policy = current.policy.header?.version ?? 0;
    const { newest } = cosigned;
    if (newest?.size === tree.size && newest.policy === policy)
      return this.#outcome('unchanged', [], recoveries);
    return this.#cosign(current, policy, recoveries);
  }

  /** Looks for a larger head of this log at its witnesses and takes back what is missing. Done once, and again on a witness's claim. */
  async #confirm(current: Witnessing): Promise<readonly Recovery[]> {
    if (this.#confirmed) return [];
    const { signer, onRecovered, database, tree, alarms, primitives } = this.#parts;
    const own = current.policy.logs.filter((key) => key.name === tree.origin);
    const keys = [...own, ...(current.earlierKeys ?? [])];
    if (!own.some((key) => key.name === signer.name)) {
      throw new LogError(
        'not-configured',
        'The policy in force does not list this log under its signing name.',
      );
    }
    const options = { database, tree, alarms, primitives, onRecovered };
    const { confirmed, recoveries } = await confirmHead(options, current.policy, keys, current.witnesses);
    if (recoveries.length > 0) this.#parts.coverage.release();
    this.#confirmed = confirmed;
    return recoveries;
  }

  async #integrate(): Promise<void> {
    const { database, tree } = this.#parts;
    const size = tree.entries.size();
    while (tree.size < size) {
      const entries = tree.entries.range(tree.size, Math.min(size, tree.size + INTEGRATED_ENTRIES));
      const growth = await tree.growInSlices(entries);
      database.transaction(() => tree.store(growth));
      tree.adopt(growth);
    }
  }

  async #cosign(current: Witnessing, policy: number, recoveries: readonly Recovery[]): Promise<Published> {
    const { tree, signer, signed, cosigned, coverage, primitives } = this.#parts;
    const size = tree.size;
    const root = tree.root();
    const text = formatCheckpoint({ origin: tree.origin, size, root });
    signed.advance(size, root);
    const note = await signCheckpoint(text, signer);
    const consistency = (oldSize: number) => consistencyProof(oldSize, size, tree.nodeAt);
    const collected = await collectCosignatures({
      links: current.witnesses.map((client) => this.#link(client)),
      head: { size, text, note, consistency },
      policy: current.policy,
      primitives,
    });
    this.#noteClaims(collected.outcomes);
    if (!collected.quorum) return this.#outcome('no-quorum', collected.outcomes, recoveries);
    cosigned.store({ size, policy, note: collected.note });
    coverage.announce(size);
    return this.#outcome('published', collected.outcomes, recoveries);
  }

  /** A witness that claims a larger head is looked into once for each size; a liar does not stop the log for longer. */
  #noteClaims(outcomes: readonly LinkOutcome[]): void {
    for (const outcome of outcomes) {
      if (outcome.kind !== 'ahead' || (this.#claims.get(outcome.organisation) ?? 0) >= outcome.size) continue;
      this.#claims.set(outcome.organisation, outcome.size);
      this.#confirmed = false;
    }
  }

  #link(client: WitnessClient): WitnessLink {
    const known = this.#links.get(client.organisation);
    // A member that moved has a new client; what was known of its size is asked for again.
    if (known?.client === client) return known;
    const link = new WitnessLink(client);
    this.#links.set(client.organisation, link);
    return link;
  }

  #outcome(
    state: Published['state'],
    witnesses: readonly LinkOutcome[] = [],
    recoveries: readonly Recovery[] = [],
  ): Published {
    return { state, size: this.#parts.tree.size, witnesses, recoveries };
  }
}
