import { equalBytes, fromBase64, fromHex } from '../bytes.ts';
import { ProofError } from '../errors.ts';
import { malformed, objectOf, textOf } from '../json-shape.ts';
import type { BlockEntry } from '../ledger-evidence.ts';
import { blockSignatures } from './block-signatures.ts';
import { configurationIn, type OrderingConfiguration, orderingQuorum } from './configuration.ts';
import {
  type OrderedBlock,
  orderedBlockHash,
  orderedDataHash,
  readOrderedBlock,
  SIGNATURES_INDEX,
} from './ordered-block.ts';

/** Who ordered a block, as Fabric's orderers signed it: kept beside the members' evidence, which alone proves validity. */
export interface OrderingEvidence {
  readonly version: 1;
  /** Base64: hash of the block's envelopes, with which its header is complete. */
  readonly dataHash: string;
  /** Base64: the block's metadata of index 0. */
  readonly signatures: string;
  /** Base64: every configuration block from the first one of the channel to the one in force, in order. */
  readonly configuration: readonly string[];
}

/** Why evidence of ordering does not verify: a closed set. */
export type OrderingFailure =
  | 'ordering-malformed'
  /** The chain does not begin with the block that is trusted. */
  | 'genesis-mismatch'
  /** A configuration block is not what its predecessor's orderers signed, or one was left out. */
  | 'configuration-invalid'
  /** The header does not have the block's hash. */
  | 'block-mismatch'
  /** The signers say that another configuration was in force. */
  | 'configuration-outdated'
  /** Too few of the orderers in force signed the block. */
  | 'ordering-quorum-missing';

/** The answer about a block's ordering. */
export type OrderingVerdict =
  | {
      readonly ok: true;
      readonly channel: string;
      /** Hexadecimal hash of the channel's first block: what has to be known beforehand. */
      readonly genesis: string;
      /** Orderers in force, and how many of them signed. */
      readonly orderers: number;
      readonly signers: number;
    }
  | { readonly ok: false; readonly code: OrderingFailure };

/** Most configuration blocks: one per joining, leaving or renewed certificate over decades. */
const MAX_CONFIGURATIONS = 1_024;

/** The evidence of a parsed value. Throws `ProofError`. Verifies nothing. */
export function parseOrderingEvidence(value: unknown): OrderingEvidence {
  const what = 'evidence of ordering';
  const { version, dataHash, signatures, configuration } = objectOf(value, what, [
    'version',
    'dataHash',
    'signatures',
    'configuration',
  ]);
  if (version !== 1) throw malformed(what, 'its version is not 1');
  if (!Array.isArray(configuration) || configuration.length > MAX_CONFIGURATIONS)
    throw malformed(what, `it has no list of at most ${MAX_CONFIGURATIONS} configurations`);
  return {
    version: 1,
    dataHash: textOf(dataHash, what, /^[A-Za-z0-9+/=]+$/),
    signatures: textOf(signatures, what, /^[A-Za-z0-9+/=]+$/),
    configuration: configuration.map((text) => textOf(text, what, /^[A-Za-z0-9+/=]+$/)),
  };
}

/**
 * Verifies, offline and without any Fabric software, that a block was ordered by a BFT quorum of the orderers in force, whose
 * configuration descends from the channel's first block. Give `genesis`, its hash in hexadecimal, when it is known from elsewhere; the
 * verdict names it either way. Proves order, not validity: orderers sign before validity is known. Never throws on bad input.
 */
export function verifyOrdering(block: BlockEntry, value: unknown, genesis?: string): OrderingVerdict {
  try {
    return judge(block, parseOrderingEvidence(value), genesis);
  } catch (error) {
    if (error instanceof ProofError) return { ok: false, code: 'ordering-malformed' };
    throw error;
  }
}

interface ConfigurationHead {
  readonly genesis: string;
  readonly number: number;
  readonly configuration: OrderingConfiguration;
}

function judge(block: BlockEntry, evidence: OrderingEvidence, genesis: string | undefined): OrderingVerdict {
  const blocks = evidence.configuration.map((text) => readOrderedBlock(fromBase64(text)));
  const head = configurationHead(blocks);
  if (head === undefined) return { ok: false, code: 'configuration-invalid' };
  if (genesis !== undefined && head.genesis !== genesis) return { ok: false, code: 'genesis-mismatch' };
  const { channel, consenters } = head.configuration;
  const verdict = { ok: true, channel, genesis: head.genesis, orderers: consenters.length } as const;
  const header = {
    number: block.height,
    previousHash: block.height === 0 ? new Uint8Array() : fromHex(block.previous),
    dataHash: fromBase64(evidence.dataHash),
  };
  if (orderedBlockHash(header) !== block.hash) return { ok: false, code: 'block-mismatch' };
  // Nobody signs the first block: it is trusted by its hash.
  if (block.height === 0)
    return block.hash === head.genesis ? { ...verdict, signers: 0 } : { ok: false, code: 'block-mismatch' };
  const { signers, configuration } = blockSignatures(header, fromBase64(evidence.signatures), consenters);
  if (configuration !== head.number) return { ok: false, code: 'configuration-outdated' };
  if (signers.size < orderingQuorum(consenters.length)) return { ok: false, code: 'ordering-quorum-missing' };
  return { ...verdict, signers: signers.size };
}

/** The configuration at the end of a chain of configuration blocks; undefined when a link does not hold. */
function configurationHead(blocks: readonly OrderedBlock[]): ConfigurationHead | undefined {
  let head: ConfigurationHead | undefined;
  for (const block of blocks) {
    const configuration = configurationIn(block);
    if (configuration === undefined || !equalBytes(orderedDataHash(block.data), block.dataHash))
      return undefined;
    if (head === undefined) {
      if (block.number !== 0) return undefined;
      head = { genesis: orderedBlockHash(block), number: 0, configuration };
      continue;
    }
    if (!follows(block, configuration, head)) return undefined;
    head = { ...head, number: block.number, configuration };
  }
  return head;
}

/** Whether a configuration block was signed by a quorum of the orderers before it, and is the very next configuration. */
function follows(
  block: OrderedBlock,
  configuration: OrderingConfiguration,
  head: ConfigurationHead,
): boolean {
  const before = head.configuration;
  const { signers } = blockSignatures(
    block,
    block.metadata[SIGNATURES_INDEX] ?? new Uint8Array(),
    before.consenters,
  );
  return (
    block.number > head.number &&
    configuration.channel === before.channel &&
    configuration.sequence === before.sequence + 1 &&
    signers.size >= orderingQuorum(before.consenters.length)
  );
}
