import {
  bytesAt,
  integerAt,
  messageAt,
  type OrderedBlock,
  type OrderingEvidence,
  readMessage,
  readOrderedBlock,
  SIGNATURES_INDEX,
  toBase64,
} from '../../proof/index.ts';

/**
 * Evidence of who ordered a block: its signatures, and every configuration block from the channel's first to the one in force,
 * found by the number that each block's signers name. `fetch` gives the serialized block of a number.
 */
export class OrderingChain {
  readonly #fetch: (number: number) => Promise<Uint8Array>;
  /** Configuration blocks by number, and the number of the configuration before each: neither ever changes. */
  readonly #configurations = new Map<
    number,
    { readonly text: string; readonly before: number | undefined }
  >();

  constructor(fetch: (number: number) => Promise<Uint8Array>) {
    this.#fetch = fetch;
  }

  /** The evidence of a block that holds no configuration itself. */
  async evidence(block: OrderedBlock): Promise<OrderingEvidence> {
    const configuration: string[] = [];
    for (let number: number | undefined = configurationOf(block); number !== undefined; ) {
      const { text, before } = await this.#configuration(number);
      configuration.unshift(text);
      number = before;
    }
    return {
      version: 1,
      dataHash: toBase64(block.dataHash),
      signatures: toBase64(block.metadata[SIGNATURES_INDEX] ?? new Uint8Array()),
      configuration,
    };
  }

  async #configuration(number: number): Promise<{ text: string; before: number | undefined }> {
    const known = this.#configurations.get(number);
    if (known !== undefined) return known;
    const text = toBase64(await this.#fetch(number));
    const before =
      number === 0 ? undefined : configurationOf(readOrderedBlock(await this.#fetch(number - 1)));
    const found = { text, before };
    this.#configurations.set(number, found);
    return found;
  }
}

/** Number of the configuration in force at a block: `OrderedBlockMetadata.last_config` in what its signers signed; 0 for the first. */
function configurationOf(block: OrderedBlock): number {
  const value = bytesAt(readMessage(block.metadata[SIGNATURES_INDEX] ?? new Uint8Array()), 1);
  return integerAt(messageAt(readMessage(value), 1), 1);
}
