import { createPrivateKey, sign } from 'node:crypto';
import {
  CompactRange,
  cosign,
  ED25519_COSIGNATURE,
  ED25519_NOTE,
  type Event,
  ed25519PublicKey,
  entryCommitment,
  formatCheckpoint,
  formatTlogProof,
  formatVerifierKey,
  type Hash,
  inclusionProof,
  leafHash,
  ledgerKeyName,
  type PolicyMember,
  type Receipt,
  rootAt,
  type Signer,
  sha256,
  signCheckpoint,
  toBase64,
  toBase64Url,
  toHex,
  utf8,
  witnessName,
} from '../../src/proof/index.ts';

/** The ledger of the test network. */
export const LEDGER = '0123456789abcdef0123456789abcdef';
/** The host in its origins. */
export const HOST = 'holdfast.local';
/** POSIX seconds of the first cosignature; each further witness is a minute later. */
export const FIRST_COSIGNATURE = 1_793_700_000;

/** 32 bytes that depend on a label only, so that every run sees the same keys. */
export const bytesFor = (label: string): Uint8Array => sha256(utf8(label));

/** A signer under a name whose key depends on `label`, which is the name unless given. */
export function signerFor(name: string, label = name): Signer {
  const seed = bytesFor(label);
  const publicKey = ed25519PublicKey(seed);
  const jwk = { kty: 'OKP', crv: 'Ed25519', d: toBase64Url(seed), x: toBase64Url(publicKey) };
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return { name, publicKey, sign: (message) => new Uint8Array(sign(null, message, key)) };
}

/** An organisation's log signer. */
export const logSigner = (organisation: string): Signer => signerFor(`${HOST}/orgs/${organisation}`);
/** An organisation's witness signer. */
export const witnessSigner = (organisation: string): Signer => signerFor(witnessName(HOST, organisation));
/** An organisation's signer for the block log. */
export const ledgerSigner = (organisation: string): Signer => signerFor(ledgerKeyName(LEDGER, organisation));

/** An organisation's line of keys for a policy. */
export function member(organisation: string): PolicyMember {
  const text = ({ name, publicKey }: Signer, type: typeof ED25519_NOTE | typeof ED25519_COSIGNATURE) =>
    formatVerifierKey({ name, type, publicKey });
  return {
    organisation,
    log: text(logSigner(organisation), ED25519_NOTE),
    witness: text(witnessSigner(organisation), ED25519_COSIGNATURE),
    ledger: text(ledgerSigner(organisation), ED25519_COSIGNATURE),
  };
}

/** A log in memory: entries as leaf hashes, and every complete node. */
export class MemoryLog {
  readonly #range = new CompactRange();
  readonly #levels: Hash[][] = [];

  /** Number of entries. */
  get size(): number {
    return this.#range.size;
  }

  /** Appends an entry; its index. */
  append(entry: Uint8Array): number {
    for (const [level, hash] of this.#range.append(leafHash(entry)).entries()) {
      this.#levels[level] ??= [];
      this.#levels[level].push(hash);
    }
    return this.#range.size - 1;
  }

  /** The node as tiles would hold it. */
  readonly nodeAt = (level: number, index: number): Hash => {
    const hash = this.#levels[level]?.[index];
    if (hash === undefined) throw new Error(`node ${level}/${index} is not complete`);
    return hash;
  };

  /** The checkpoint's text at a size. */
  checkpointText(origin: string, size = this.size): string {
    return formatCheckpoint({ origin, size, root: rootAt(size, this.nodeAt) });
  }

  /** The tlog proof of an entry under a signed checkpoint. */
  proof(index: number, checkpoint: string, size = this.size): string {
    return formatTlogProof({ index, hashes: inclusionProof(index, size, this.nodeAt), checkpoint });
  }
}

/** The signed checkpoint of an organisation's log, cosigned by the given witnesses a minute apart. */
export async function cosignedCheckpoint(
  log: MemoryLog,
  owner: string,
  witnesses: readonly string[],
): Promise<string> {
  const text = log.checkpointText(logSigner(owner).name);
  let note = await signCheckpoint(text, logSigner(owner));
  for (const [index, witness] of witnesses.entries()) {
    note += await cosign(text, FIRST_COSIGNATURE + 60 * index, witnessSigner(witness));
  }
  return note;
}

/** An event of an organisation, the n-th. */
export function eventOf(organisation: string, n: number, change: Partial<Event> = {}): Event {
  return {
    v: 1,
    id: toHex(bytesFor(`event ${n}`)).slice(0, 32),
    kind: 'fhir.version',
    time: new Date(FIRST_COSIGNATURE * 1000 - 1500).toISOString(),
    organisation,
    actor: 'Practitioner/7',
    object: `Observation/${n}/_history/1`,
    height: 41,
    block: toHex(bytesFor('block 41')),
    ...change,
  };
}

/** A log of `events` and a receipt for each of them under one checkpoint. */
export async function receiptsOf(
  events: readonly Event[],
  witnesses: readonly string[],
  contentSalts: readonly (Uint8Array | undefined)[] = [],
): Promise<Receipt[]> {
  const log = new MemoryLog();
  const salts = events.map((_event, index) => bytesFor(`salt ${index}`));
  for (const [index, event] of events.entries())
    log.append(entryCommitment(salts[index] ?? bytesFor(''), event));
  const checkpoint = await cosignedCheckpoint(log, events[0]?.organisation ?? '', witnesses);
  return events.map((event, index) => {
    const contentSalt = contentSalts[index];
    return {
      version: 1,
      event,
      salt: toBase64(salts[index] ?? bytesFor('')),
      ...(contentSalt && { contentSalt: toBase64(contentSalt) }),
      proof: log.proof(index, checkpoint),
    };
  });
}
