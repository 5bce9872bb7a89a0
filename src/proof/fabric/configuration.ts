import { ProofError } from '../errors.ts';
import { readCertificate } from './certificate.ts';
import type { OrderedBlock } from './ordered-block.ts';
import { bytesAt, entriesAt, integerAt, listAt, messageAt, readMessage, textAt } from './wire.ts';

/** One orderer that signs blocks. */
export interface Consenter {
  readonly id: number;
  /** The membership service provider, which is its organisation. */
  readonly mspId: string;
  /** Uncompressed P-256, 65 bytes. */
  readonly publicKey: Uint8Array;
}

/** What a configuration block says of who orders. */
export interface OrderingConfiguration {
  readonly channel: string;
  /** One more with each configuration; 0 in the first block. */
  readonly sequence: number;
  /** By id, ascending. */
  readonly consenters: readonly Consenter[];
}

/** `HeaderType.CONFIG` (common/common.proto). */
const CONFIG = 1;
/** More orderers than any BFT network runs with: agreement costs the square of them. */
const MAX_CONSENTERS = 128;

/**
 * The configuration in a block, or undefined when the block holds none. Throws `ProofError` `malformed` or `unsupported`: a
 * configuration whose orderers do not reach agreement as BFT is one.
 */
export function configurationIn(block: OrderedBlock): OrderingConfiguration | undefined {
  const [envelope] = block.data;
  if (envelope === undefined || block.data.length !== 1) return undefined;
  const payload = readMessage(bytesAt(readMessage(envelope), 1));
  const header = messageAt(messageAt(payload, 1), 1);
  if (integerAt(header, 1) !== CONFIG) return undefined;
  const config = messageAt(readMessage(bytesAt(payload, 2)), 1);
  const groups = entriesAt(messageAt(config, 2), 2);
  const orderer = readMessage(groups.get('Orderer') ?? new Uint8Array());
  const values = entriesAt(orderer, 3);
  const valueNamed = (name: string) =>
    readMessage(bytesAt(readMessage(values.get(name) ?? new Uint8Array()), 2));
  if (textAt(valueNamed('ConsensusType'), 1) !== 'BFT')
    throw new ProofError('unsupported', 'The channel is not ordered by BFT.');
  return {
    channel: textAt(header, 4),
    sequence: integerAt(config, 1),
    consenters: consentersOf(listAt(valueNamed('Orderers'), 1)),
  };
}

function consentersOf(mapping: readonly Uint8Array[]): Consenter[] {
  if (mapping.length === 0 || mapping.length > MAX_CONSENTERS)
    throw new ProofError('malformed', 'The configuration names no orderers, or too many.');
  const consenters = mapping.map((bytes) => {
    const consenter = readMessage(bytes);
    const { publicKey } = readCertificate(bytesAt(consenter, 5));
    return { id: integerAt(consenter, 1), mspId: textAt(consenter, 4), publicKey };
  });
  if (new Set(consenters.map(({ id }) => id)).size !== consenters.length)
    throw new ProofError('malformed', 'The configuration names an orderer twice.');
  return consenters.sort((a, b) => a.id - b.id);
}

/**
 * How many of n orderers must sign a block: ⌈(n + f + 1) / 2⌉ with f = ⌊(n − 1) / 3⌋, so that two blocks of one number would need an
 * honest orderer to sign both (Fabric `policies.ComputeBFTQuorum`).
 */
export function orderingQuorum(orderers: number): number {
  const faulty = Math.floor((orderers - 1) / 3);
  return Math.ceil((orderers + faulty + 1) / 2);
}
