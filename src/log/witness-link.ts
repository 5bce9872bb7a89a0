import { type Hash, type NoteSignature, type NoteVerifier, openNote, parseDecimal } from '../proof/index.ts';
import { formatAddCheckpoint } from './add-checkpoint-request.ts';
import type { WitnessClient } from './witness-client.ts';

/** A witness answers from memory and a few tiles; one that needs longer is catching up and is asked again. */
const WITNESS_TIMEOUT_MS = 5_000;
/** Requests for one head: the first may name a stale size, the second follows the 409; a third covers a lost answer. */
const MAX_ATTEMPTS = 3;

/** A signed head on its way to the witnesses. */
export interface HeadToCosign {
  readonly size: number;
  /** The note's text. */
  readonly text: string;
  /** The note with the log's signature. */
  readonly note: string;
  /** The proof from an earlier size of this log. */
  consistency(oldSize: number): readonly Hash[];
}

/** What became of asking one witness. */
export type LinkOutcome = { readonly organisation: string } & (
  | { readonly kind: 'cosigned'; readonly signature: NoteSignature }
  /** It says that it cosigned a head of this size, which the one shown does not follow: a larger one, or another tree. */
  | { readonly kind: 'ahead'; readonly size: number }
  /** No answer in time, or an earlier question is still open. */
  | { readonly kind: 'unreachable' | 'busy' }
  /** Any other status, or 200 without a cosignature of its key. */
  | { readonly kind: 'refused'; readonly status: number }
);

/** One witness as the log sees it. One request is open at a time, so that a slow witness is not buried. */
export class WitnessLink {
  readonly client: WitnessClient;
  #cosignedSize = 0;
  #busy = false;

  constructor(client: WitnessClient) {
    this.client = client;
  }

  /** Asks for a cosignature on the head by the witness's key. Never throws for what the witness does. */
  async cosign(head: HeadToCosign, verifier: NoteVerifier): Promise<LinkOutcome> {
    const { organisation } = this.client;
    if (this.#busy) return { organisation, kind: 'busy' };
    this.#busy = true;
    try {
      return {
        organisation,
        ...(await this.#attempt(head, verifier, AbortSignal.timeout(WITNESS_TIMEOUT_MS))),
      };
    } finally {
      this.#busy = false;
    }
  }

  async #attempt(head: HeadToCosign, verifier: NoteVerifier, signal: AbortSignal): Promise<Answer> {
    let status = 409;
    for (let attempt = 0; attempt < MAX_ATTEMPTS && status === 409; attempt++) {
      if (this.#cosignedSize > head.size) return { kind: 'ahead', size: this.#cosignedSize };
      const proof = this.#cosignedSize === 0 ? [] : head.consistency(this.#cosignedSize);
      const body = formatAddCheckpoint(this.#cosignedSize, proof, head.note);
      let answer: string;
      try {
        ({ status, body: answer } = await this.client.addCheckpoint(body, signal));
      } catch {
        return { kind: 'unreachable' };
      }
      if (status === 200) return this.#accept(head, verifier, answer);
      if (status !== 409) break;
      const size = parseSize(answer);
      if (size === undefined) break;
      // The size that was just named, again: it holds another tree of that size, and asking again would not help.
      if (size === this.#cosignedSize) return { kind: 'ahead', size };
      this.#cosignedSize = size;
    }
    return { kind: 'refused', status };
  }

  /** Takes the cosignature by the witness's own key and leaves any other line (C2SP tlog-witness: unknown keys are ignored). */
  #accept(head: HeadToCosign, verifier: NoteVerifier, lines: string): Answer {
    try {
      const [signature] = openNote(`${head.text}\n${lines}`, [verifier]).verified;
      if (signature === undefined) return { kind: 'refused', status: 200 };
      this.#cosignedSize = head.size;
      return { kind: 'cosigned', signature };
    } catch {
      return { kind: 'refused', status: 200 };
    }
  }
}

type Answer =
  | { kind: 'cosigned'; signature: NoteSignature }
  | { kind: 'ahead'; size: number }
  | { kind: 'unreachable' }
  | { kind: 'refused'; status: number };

function parseSize(answer: string): number | undefined {
  const size = answer.endsWith('\n') ? parseDecimal(answer.slice(0, -1)) : undefined;
  return size !== undefined && size <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(size) : undefined;
}
