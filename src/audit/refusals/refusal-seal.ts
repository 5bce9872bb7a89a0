import { CryptoError, hkdf, open, SEALING_KEY_BYTES, seal } from '../../crypto/index.ts';
import { fromBase64, fromUtf8, toBase64, utf8 } from '../../proof/index.ts';

/** Every note has this length before it is sealed, so that its length says nothing. */
const NOTE_BYTES = 256; // three or four exceptions with their clauses

/**
 * Why something was withheld, in an AuditEvent and yet not for its readers: who asked can often read the entry of their own request,
 * and an exception that applies tells them that there is something to withhold. Opens for the privacy officer alone.
 */
export class RefusalSeal {
  readonly #key: Buffer;

  /** `key` is 32 bytes of the organisation's keyring. */
  constructor(key: Uint8Array) {
    this.#key = hkdf(key, 'holdfast/audit/refusal/v1', SEALING_KEY_BYTES);
  }

  /** Seals the exceptions of a request, none included, to base64 of one length. What does not fit is left out and counted. */
  seal(exceptions: readonly string[], requestId: string): string {
    const note = new Uint8Array(NOTE_BYTES).fill(0x20);
    note.set(utf8(fitting(exceptions)));
    return toBase64(seal(this.#key, note, place(requestId)));
  }

  /** The exceptions; undefined for what was not sealed here, or for another request. */
  open(sealed: string, requestId: string): readonly string[] | undefined {
    try {
      const note = fromUtf8(open(this.#key, fromBase64(sealed), place(requestId)));
      return JSON.parse(note.trimEnd()) as string[];
    } catch (error) {
      if (error instanceof CryptoError) return undefined;
      throw error;
    }
  }
}

function fitting(exceptions: readonly string[]): string {
  for (let count = exceptions.length; count >= 0; count -= 1) {
    const more = exceptions.length - count;
    const text = JSON.stringify([...exceptions.slice(0, count), ...(more === 0 ? [] : [`and ${more} more`])]);
    if (utf8(text).length <= NOTE_BYTES) return text;
  }
  return '[]';
}

function place(requestId: string): Uint8Array {
  return utf8(`holdfast/audit/refusal/v1\n${requestId}`);
}
