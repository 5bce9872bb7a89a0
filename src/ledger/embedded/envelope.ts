import { nativePrimitives, randomId, sha256Native } from '../../crypto/index.ts';
import {
  canonicalize,
  fromBase64,
  ProofError,
  toBase64,
  transactionDigest,
  utf8,
  verifyEd25519,
} from '../../proof/index.ts';
import { reject } from '../error.ts';
import type { Role } from '../kit/context.ts';
import { parseTime } from '../kit/scalar.ts';
import type { Sign, Transaction } from '../ledger.ts';
import { type PlainArgs, plainArgs } from '../plain-args.ts';

/**
 * Most bytes of a signed transaction: the genesis of the largest network fits; beyond it something is put on the ledger
 * that belongs off it.
 */
const MAX_TRANSACTION_BYTES = 256 * 1024;

/** What a submitter signs: the transaction, bound to one ledger, one submitter and one sending. */
export interface Envelope {
  readonly type: 'holdfast/transaction/v1';
  /** Id of the ledger; in a genesis the one it brings. */
  readonly ledger: string;
  readonly contract: string;
  readonly name: string;
  readonly args: PlainArgs;
  readonly time: string;
  readonly organisation: string;
  readonly role: Role;
  /** The submitter's `transaction` key, base64. */
  readonly key: string;
  /** Fresh for each sending, so that two heartbeats are two transactions. */
  readonly nonce: string;
}

/** An envelope with its signature, and what follows from it. */
export interface SignedTransaction {
  readonly envelope: Envelope;
  /** Canonical text of the envelope. */
  readonly text: string;
  /** Base64. */
  readonly signature: string;
  /** Hexadecimal SHA-256 of the text: the transaction's id. */
  readonly id: string;
  /** Hexadecimal SHA-256 of contract, name and arguments. */
  readonly digest: string;
}

/** Who signs, and as what. */
export interface Submitter {
  readonly organisation: string;
  readonly role: Role;
  /** Raw 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly sign: Sign;
}

/** Signs a transaction. Throws `LedgerError` `rejected` `malformed` when it is no JSON of integers, too large, or its time does not exist. */
export async function signTransaction(
  transaction: Transaction,
  submitter: Submitter,
  ledger: string,
  now: Date,
): Promise<SignedTransaction> {
  const envelope: Envelope = {
    type: 'holdfast/transaction/v1',
    ledger,
    contract: transaction.contract,
    name: transaction.name,
    args: plainArgs(transaction.args),
    time: parseTime(transaction.time ?? now.toISOString(), 'time'),
    organisation: submitter.organisation,
    role: submitter.role,
    key: toBase64(submitter.publicKey),
    nonce: randomId(),
  };
  const text = canonicalize(envelope);
  if (text.length > MAX_TRANSACTION_BYTES)
    reject('malformed', `a transaction has at most ${MAX_TRANSACTION_BYTES} bytes`);
  const signature = await submitter.sign(utf8(text));
  return { ...derived(envelope, text), signature: toBase64(signature) };
}

/** Id and digest of an envelope, whose canonical text is given or made. */
export function derived(
  envelope: Envelope,
  text: string = canonicalize(envelope),
): Omit<SignedTransaction, 'signature'> {
  return {
    envelope,
    text,
    id: sha256Native(text).toString('hex'),
    digest: transactionDigest(envelope.contract, envelope.name, envelope.args),
  };
}

/** Whether the signature is by the key that the envelope names. Whose key that is, membership says. */
export function isSigned({ envelope, text, signature }: SignedTransaction): boolean {
  try {
    return verifyEd25519(fromBase64(envelope.key), utf8(text), fromBase64(signature), nativePrimitives);
  } catch (error) {
    if (error instanceof ProofError) return false;
    throw error;
  }
}
