import type { Database } from '../database/index.ts';
import {
  cosign,
  emptyRoot,
  equalBytes,
  formatNote,
  javascriptPrimitives,
  noteVerifier,
  openNote,
  type Primitives,
  ProofError,
  type Signer,
  verifyConsistency,
} from '../proof/index.ts';
import { type AddCheckpointRequest, parseAddCheckpoint } from './add-checkpoint-request.ts';
import type { Alarms } from './alarm.ts';
import type { AnchoredHead } from './anchor-register.ts';
import { LogError } from './errors.ts';
import type { KnownLog, KnownLogs } from './known-log.ts';
import { type HeadToMirror, Mirror } from './mirror.ts';
import { OriginQueue } from './origin-queue.ts';
import type { FetchTile, TileSource } from './tile-source.ts';
import type { TiledTree } from './tiled-tree.ts';
import type { WitnessReply } from './witness-client.ts';
import { type WitnessedHead, WitnessedHeads } from './witnessed-heads.ts';

/** Media type of the size in a 409 (C2SP tlog-witness, add-checkpoint). */
const SIZE_TYPE = 'text/x.tlog.size';
/** Media type of cosignatures and of what a refusal says. */
const PLAIN_TYPE = 'text/plain; charset=utf-8';

/** A witness's answer, as it goes over HTTP. */
export interface AddCheckpointReply extends WitnessReply {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422 | 503;
  readonly contentType: typeof SIZE_TYPE | typeof PLAIN_TYPE;
}

/** How a witness is set up. */
export interface WitnessOptions {
  readonly database: Database;
  /** The witness's key and name, `<first origin>/witness`. */
  readonly signer: Signer;
  readonly knownLogs: KnownLogs;
  /** Reads a log from its owner. Without it the witness cosigns what is consistent and mirrors nothing. */
  readonly fetchTiles?: (log: KnownLog) => FetchTile;
  /** Reads a log from those who mirror it too, to explain anchors that its owner does not. */
  readonly fetchMirrors?: (log: KnownLog) => readonly FetchTile[];
  /** Entries taken over for one request, at least 512; `MAX_STEP_ENTRIES` when left out. */
  readonly maxStepEntries?: number;
  readonly alarms: Alarms;
  readonly now: () => Date;
  readonly primitives?: Primitives;
}

/**
 * This organisation as witness of the other members' logs (C2SP tlog-witness). It cosigns a head only when that extends the
 * last one it cosigned, and only after it holds every entry of it.
 */
export class Witness {
  readonly #options: WitnessOptions;
  readonly #heads: WitnessedHeads;
  readonly #mirror: Mirror;
  readonly #queue = new OriginQueue();

  constructor(options: WitnessOptions) {
    this.#options = options;
    this.#heads = new WitnessedHeads(options.database);
    this.#mirror = new Mirror(options, this.#heads);
  }

  /** Answers an `add-checkpoint` request, whose body is not trusted in any way. */
  async addCheckpoint(body: string): Promise<AddCheckpointReply> {
    let request: AddCheckpointRequest;
    try {
      request = parseAddCheckpoint(body);
    } catch (error) {
      if (error instanceof LogError || error instanceof ProofError) return plain(400, error.message);
      throw error;
    }
    const { origin } = request.checkpoint;
    const log = this.#options.knownLogs().find((known) => known.origin === origin);
    if (log === undefined) return plain(404, 'unknown log');
    const logNote = this.#verified(request, log);
    if (logNote === undefined) return plain(403, 'invalid signature');
    if (request.oldSize > request.size) return plain(400, 'the old size is larger than the checkpoint');
    const answer = this.#queue.run(origin, () => this.#consider(log, request, logNote));
    return answer ?? plain(503, 'too many requests for this log at one time');
  }

  /** The note with the log's own signatures alone; undefined when none of them verifies. */
  #verified(request: AddCheckpointRequest, log: KnownLog): string | undefined {
    const verifiers = log.keys.map((key) => noteVerifier(key, this.#primitives));
    try {
      const { text, verified } = openNote(request.note, verifiers);
      return formatNote({ text, signatures: verified });
    } catch (error) {
      // Signature lines that cannot be read do not verify either (C2SP tlog-witness: 403).
      if (error instanceof ProofError) return undefined;
      throw error;
    }
  }

  async #consider(log: KnownLog, request: AddCheckpointRequest, note: string): Promise<AddCheckpointReply> {
    const { origin } = log;
    const { size } = request;
    const { root } = request.checkpoint;
    const { tree } = this.#mirror.tree(origin);
    const last = this.#heads.get(tree);
    const contradicts = this.#mirror.contradicts(origin, { size, root, note });
    if (request.oldSize !== (last?.size ?? 0) || (contradicts && size === last?.size)) return conflict(last);
    if (contradicts || !isConsistent(request, last)) return plain(422, 'invalid consistency proof');
    const refusal = await this.#takeOver(log, { size, root, note });
    if (refusal !== undefined) return refusal;
    const now = Math.floor(this.#options.now().getTime() / 1000);
    // A clock that was set back must not make a later statement look older than an earlier one.
    const time = Math.max(now, last?.time ?? 0);
    const line = await cosign(request.text, time, this.#options.signer);
    const stored = this.#heads.replace(tree, last, { size, root, time, note: `${note}${line}` });
    return stored ? plain(200, line) : conflict(this.#heads.get(tree));
  }

  /** Mirrors the head's entries; undefined when they are all here, else why there is no cosignature. */
  async #takeOver(log: KnownLog, head: HeadToMirror): Promise<AddCheckpointReply | undefined> {
    const { fetchTiles } = this.#options;
    if (fetchTiles === undefined) return undefined;
    try {
      const complete = await this.#mirror.advance(log.origin, head, fetchTiles(log));
      return complete ? undefined : plain(503, 'catching up with this log; ask again');
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      const isRefused = error.code === 'tiles-mismatch' || error.code === 'forked';
      return plain(isRefused ? 422 : 503, error.message);
    }
  }

  /**
   * Takes note of a head that another member's log has on the ledger and compares it with what is mirrored here: raises
   * `anchor-differs` when they cannot both be true. An anchor beyond the mirror stays pending. Asks nobody, so that whoever
   * follows the ledger is not held up.
   */
  observeAnchor(anchor: AnchoredHead): void {
    const isKnown = this.#options.knownLogs().some(({ origin }) => origin === anchor.origin);
    if (isKnown) this.#mirror.observeAnchor(anchor);
  }

  /**
   * Looks, for each pending anchor, for tiles that lead from the mirrored entries to it: from the log's owner, then from those
   * who mirror it. Raises `anchor-differs` when they show another history, and `anchor-unexplained` when nobody serves any
   * for long. Called every few seconds.
   */
  async explainPendingAnchors(): Promise<void> {
    const { knownLogs, fetchTiles, fetchMirrors } = this.#options;
    const pending = new Set(this.#mirror.pendingAnchors());
    for (const log of knownLogs()) {
      if (!pending.has(log.origin)) continue;
      const sources = [
        ...(fetchTiles === undefined ? [] : [fetchTiles(log)]),
        ...(fetchMirrors?.(log) ?? []),
      ];
      await this.#queue.run(log.origin, () => this.#mirror.explainAnchors(log.origin, sources));
    }
  }

  /** The mirror of a log, as it is served; undefined for one that was never cosigned here. */
  mirrorSource(origin: string): TileSource | undefined {
    return this.#mirror.source(origin);
  }

  /** The mirror of an organisation's log of a generation (1 is its first); undefined as {@link mirrorSource}. */
  mirrorOf(organisation: string, generation: number): TileSource | undefined {
    return this.#mirror.sourceOf(organisation, generation);
  }

  /** The mirrored tree of a log with the newest head that has a quorum, from the ledger; undefined while there is none. */
  anchoredTree(origin: string): { tree: TiledTree; head: AnchoredHead } | undefined {
    const head = this.#mirror.newestAnchor(origin);
    return head === undefined ? undefined : { tree: this.#mirror.tree(origin), head };
  }

  /** The newest head cosigned for a log; undefined when there is none. */
  witnessedHead(origin: string): WitnessedHead | undefined {
    return this.#mirror.source(origin) === undefined
      ? undefined
      : this.#heads.get(this.#mirror.tree(origin).tree);
  }

  get #primitives(): Primitives {
    return this.#options.primitives ?? javascriptPrimitives;
  }
}

/** Whether the request leads from the last cosigned head to the new one (C2SP tlog-witness, RFC 6962 §2.1.2). */
function isConsistent(
  { oldSize, size, proof, checkpoint }: AddCheckpointRequest,
  last: WitnessedHead | undefined,
) {
  if (oldSize === 0 || last === undefined) {
    return proof.length === 0 && (size > 0 || equalBytes(checkpoint.root, emptyRoot()));
  }
  const sizes = { size1: BigInt(oldSize), size2: BigInt(size) };
  return verifyConsistency({ ...sizes, root1: last.root, root2: checkpoint.root, proof });
}

function conflict(last: WitnessedHead | undefined): AddCheckpointReply {
  return { status: 409, contentType: SIZE_TYPE, body: `${last?.size ?? 0}\n` };
}

function plain(status: AddCheckpointReply['status'], text: string): AddCheckpointReply {
  return { status, contentType: PLAIN_TYPE, body: text.endsWith('\n') ? text : `${text}\n` };
}
