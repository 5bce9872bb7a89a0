import { equalBytes } from '../proof/index.ts';
import type { Alarms } from './alarm.ts';
import type { AnchoredHead, AnchorRegister } from './anchor-register.ts';
import type { FetchTile } from './tile-source.ts';
import type { TiledTree } from './tiled-tree.ts';
import { beginningOf } from './tree-beginning.ts';

/** Attempts, one at each new anchor or tick, before an anchor that nobody explains becomes an alarm. */
const ATTEMPTS_BEFORE_ALARM = 10;

/**
 * Compares the ledger's anchors with what this witness has seen. A log that shows one history to the ledger and another to
 * a witness cannot keep both from meeting here.
 */
export class AnchorWatch {
  readonly #anchors: AnchorRegister;
  readonly #alarms: Alarms;

  constructor(anchors: AnchorRegister, alarms: Alarms) {
    this.#anchors = anchors;
    this.#alarms = alarms;
  }

  /**
   * Judges the pending anchors that the mirrored tree reaches. False when any anchor of the log contradicts the tree, now or
   * earlier: such a log is not cosigned any more.
   */
  compare(tree: TiledTree): boolean {
    for (const anchor of this.#anchors.list(tree.origin, 'pending')) {
      if (anchor.size > tree.size) break;
      if (equalBytes(tree.rootAt(anchor.size), anchor.root)) this.#anchors.judge(anchor, 'agrees');
      else this.#differs(anchor, `The mirrored entries give another root at size ${anchor.size}.`);
    }
    return this.#anchors.list(tree.origin, 'differs').length === 0;
  }

  /**
   * Tries to lead the mirrored tree to pending anchors beyond it, by the tiles of the log itself or of other mirrors. A proof
   * that ends at the anchor's root and starts at another root than the mirrored one shows two histories.
   */
  async explain(tree: TiledTree, sources: readonly FetchTile[]): Promise<void> {
    if (tree.size === 0) return;
    for (const anchor of this.#anchors.list(tree.origin, 'pending')) {
      if (anchor.size <= tree.size) continue;
      const verdict = await this.#trySources(tree, anchor, sources);
      if (verdict === 'agrees') continue; // it stays pending until the mirror itself reaches it
      if (verdict === 'differs') {
        this.#differs(
          anchor,
          `The anchor's tree has another beginning than the ${tree.size} mirrored entries.`,
        );
      } else if (this.#anchors.attempted(anchor) === ATTEMPTS_BEFORE_ALARM) {
        const detail = 'Nobody serves tiles that lead from the mirrored entries to this anchor.';
        this.#alarms.raise({ code: 'anchor-unexplained', ...anchor, detail });
      }
    }
  }

  async #trySources(
    tree: TiledTree,
    anchor: AnchoredHead,
    sources: readonly FetchTile[],
  ): Promise<'agrees' | 'differs' | undefined> {
    for (const fetch of sources) {
      const verdict = await beginningOf(tree, anchor, fetch);
      if (verdict !== undefined) return verdict;
    }
    return undefined;
  }

  #differs(anchor: AnchoredHead, why: string): void {
    this.#anchors.judge(anchor, 'differs');
    const detail = `${why} The anchored head:\n\n${anchor.note}`;
    this.#alarms.raise({ code: 'anchor-differs', ...anchor, detail });
  }
}
