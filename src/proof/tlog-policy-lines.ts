import { equalBytes } from './bytes.ts';
import { parseDecimal } from './checkpoint.ts';
import { ProofError } from './errors.ts';
import { ledgerKeyName } from './origin.ts';
import type { Quorum } from './quorum.ts';
import type { PolicyHeader, TrustPolicy } from './trust-policy.ts';
import { ED25519_COSIGNATURE, ED25519_NOTE, parseVerifierKey, type VerifierKey } from './verifier-key.ts';

/** Takes a policy's lines one by one; each may name only what stands before it. */
export class PolicyReader {
  readonly #logs: VerifierKey[] = [];
  readonly #witnesses = new Map<string, VerifierKey>();
  readonly #ledgerKeys: VerifierKey[] = [];
  readonly #named = new Map<string, Quorum>([['none', { kind: 'none' }]]);
  readonly #grouped = new Set<string>();
  #quorum: Quorum | undefined;

  /** Takes one line, without its newline. Throws `malformed` or `unsupported`. */
  read(line: string): void {
    if (line.startsWith('# ledger ')) {
      const key = addKey(this.#ledgerKeys, line.slice('# ledger '.length), ED25519_COSIGNATURE);
      if (this.#ledgerKeys.some((other) => other !== key && other.name === key.name)) {
        throw malformedPolicy('a member has two ledger keys');
      }
      return;
    }
    const [keyword, ...items] = line.split(/[ \t]+/).filter((item) => item !== '');
    if (keyword === undefined || keyword.startsWith('#')) return;
    if (keyword === 'log') this.#readLog(items);
    else if (keyword === 'witness') this.#readWitness(items);
    else if (keyword === 'group') this.#readGroup(items);
    else if (keyword === 'quorum') this.#readQuorum(items);
    else throw malformedPolicy('a line is none of log, witness, group, quorum');
  }

  #readLog([vkey, , ...rest]: string[]): void {
    if (vkey === undefined || rest.length > 0) throw malformedPolicy('a log line is not "log vkey [url]"');
    addKey(this.#logs, vkey, ED25519_NOTE);
  }

  #readWitness([name, vkey, , ...rest]: string[]): void {
    if (name === undefined || vkey === undefined || rest.length > 0) {
      throw malformedPolicy('a witness line is not "witness name vkey [url]"');
    }
    this.#define(name, { kind: 'witness', name });
    const known = [...this.#witnesses.values()];
    this.#witnesses.set(name, addKey(known, vkey, ED25519_COSIGNATURE));
  }

  #readGroup([name, count, ...names]: string[]): void {
    if (name === undefined || count === undefined || names.length === 0) {
      throw malformedPolicy('a group line is not "group name k member…"');
    }
    const members = names.map((member) => {
      if (member === 'none' || this.#grouped.has(member))
        throw malformedPolicy('a group member is "none" or already in a group');
      this.#grouped.add(member);
      return this.#lookUp(member);
    });
    const threshold =
      count === 'any' ? 1 : count === 'all' ? members.length : Number(parseDecimal(count) ?? 0n);
    if (threshold < 1 || threshold > members.length) {
      throw malformedPolicy('a group asks for none or more than its members');
    }
    this.#define(name, { kind: 'group', threshold, members });
  }

  #readQuorum([name, ...rest]: string[]): void {
    if (name === undefined || rest.length > 0 || this.#quorum !== undefined) {
      throw malformedPolicy('there must be exactly one line "quorum name"');
    }
    this.#quorum = this.#lookUp(name);
  }

  #define(name: string, quorum: Quorum): void {
    if (this.#named.has(name)) throw malformedPolicy('a name is defined twice');
    this.#named.set(name, quorum);
  }

  #lookUp(name: string): Quorum {
    const quorum = this.#named.get(name);
    if (quorum === undefined) throw malformedPolicy('a name is used before it is defined');
    return quorum;
  }

  /** What the lines said. Throws `malformed` when the quorum is missing or a ledger key is not of the header's ledger. */
  finish(
    header: PolicyHeader | undefined,
  ): Pick<TrustPolicy, 'logs' | 'witnesses' | 'ledgerKeys' | 'quorum'> {
    if (this.#quorum === undefined) throw malformedPolicy('the quorum line is missing');
    const prefix = header && ledgerKeyName(header.ledger, '');
    if (this.#ledgerKeys.some((key) => prefix === undefined || !key.name.startsWith(prefix))) {
      throw malformedPolicy('a ledger key is of another ledger');
    }
    return {
      logs: this.#logs,
      witnesses: this.#witnesses,
      ledgerKeys: this.#ledgerKeys,
      quorum: this.#quorum,
    };
  }
}

/** Reads a key and appends it. The same public key twice would let one holder count twice. */
function addKey(keys: VerifierKey[], vkey: string, type: VerifierKey['type']): VerifierKey {
  const key = parseVerifierKey(vkey);
  if (key.type !== type)
    throw new ProofError(
      'unsupported',
      'A key in the policy has a signature type that does not fit its line.',
    );
  if (keys.some((other) => equalBytes(other.publicKey, key.publicKey)))
    throw malformedPolicy('a key is listed twice');
  keys.push(key);
  return key;
}

/** The refusal of a policy text. */
export function malformedPolicy(why: string): ProofError {
  return new ProofError('malformed', `Not a trust policy: ${why}.`);
}
