import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ed25519Signer, randomId, signEd25519Native } from '../../crypto/index.ts';
import { createOrganisationKeys, genesisOf, type Joining, membershipContract } from '../../identity/index.ts';
import {
  type Contract,
  type EmbeddedEngine,
  type Ledger,
  LedgerError,
  openEmbeddedLedger,
  type TransactionArgs,
} from '../../ledger/index.ts';
import { anchorsContract } from '../../log/index.ts';
import {
  type ConsentStatement,
  consentMessage,
  consistencyProof,
  cosignatureMessage,
  formatCheckpoint,
  leafHash,
  nodeHash,
  rootAt,
  toBase64,
  utf8,
} from '../../proof/index.ts';
import { consentContract } from '../index.ts';

/** The members of every network of the suite. */
export const MEMBERS = ['aurora', 'lakeside', 'meridian', 'st-mary'] as const;

/** One of {@link MEMBERS}. */
export type Member = (typeof MEMBERS)[number];

const contracts: readonly Contract[] = [membershipContract, anchorsContract, consentContract];

/** An embedded ledger with four members, the real contracts, and anchors whose cosignature times a test chooses. */
export class ConsentNetwork {
  readonly id = randomId();
  readonly #folder = mkdtempSync(join(tmpdir(), 'holdfast-consent-'));
  readonly #joining = new Map<string, Joining>();
  readonly #sizes = new Map<string, number>();
  readonly #now: () => Date;
  #engine: EmbeddedEngine;

  private constructor(now: () => Date) {
    this.#now = now;
    this.#engine = this.#open();
  }

  /** A network whose genesis is committed. */
  static async begun(now: () => Date = () => new Date()): Promise<ConsentNetwork> {
    const network = new ConsentNetwork(now);
    for (const organisation of MEMBERS) {
      const origin = `holdfast.local/orgs/${organisation}`;
      network.#joining.set(organisation, {
        organisation,
        address: { url: `http://localhost:8471`, origin },
        keys: createOrganisationKeys(),
      });
    }
    const args = genesisOf(network.id, [...network.#joining.values()]) as unknown as TransactionArgs;
    await network.ledger('st-mary', 'admin').submit({ contract: 'membership', name: 'genesis', args });
    return network;
  }

  #open(): EmbeddedEngine {
    return openEmbeddedLedger({ path: join(this.#folder, 'ledger.db'), contracts, now: this.#now });
  }

  /** The ledger as a member sees it. */
  ledger(organisation: Member, role: 'node' | 'admin' = 'node'): Ledger {
    const key = this.#key(organisation, 'transaction');
    return this.#engine.connect({
      organisation,
      role,
      key: ed25519Signer(key.privateKey),
      publicKey: key.publicKey,
    });
  }

  #key(organisation: string, use: string) {
    const key = this.#joining.get(organisation)?.keys.find((each) => each.use === use);
    if (key === undefined) throw new Error(`no ${use} key`);
    return key;
  }

  /** Submits one transaction of the consent contract: the member, the name, the arguments; `time` when it matters. */
  submit(organisation: Member, name: string, args: TransactionArgs, time?: string) {
    return this.ledger(organisation).submit({
      contract: 'consent',
      name,
      args,
      ...(time === undefined ? {} : { time }),
    });
  }

  /** `get` of the consent contract. */
  async consent(
    id: string,
  ): Promise<{ state: Record<string, unknown>; proposal?: Record<string, unknown> } | null> {
    return (await this.ledger('aurora').query('consent', 'get', { id })) as never;
  }

  /** Anchors one more entry of a member's log, cosigned by the others at `timeSeconds`. */
  async anchor(
    organisation: Member,
    timeSeconds: number,
    times: Partial<Record<Member, number>> = {},
  ): Promise<void> {
    const before = this.#sizes.get(organisation) ?? 0;
    const size = before + 1;
    this.#sizes.set(organisation, size);
    const origin = `holdfast.local/orgs/${organisation}`;
    const root = rootAt(size, node);
    const text = formatCheckpoint({ origin, size, root });
    const sign = (by: string, use: string, message: Uint8Array) =>
      toBase64(signEd25519Native(this.#key(by, use).privateKey, message));
    const all = MEMBERS.filter((member) => member !== organisation);
    const named = all.filter((member) => times[member] !== undefined);
    const cosigning = named.length === 0 ? all : named;
    const args = {
      generation: 1,
      sequence: size,
      size,
      root: toBase64(root),
      consistency: before === 0 ? [] : consistencyProof(before, size, node).map(toBase64),
      signature: sign(organisation, 'log', utf8(text)),
      cosignatures: cosigning.map((member) => {
        const time = times[member] ?? timeSeconds;
        const signature = sign(member, 'witness', cosignatureMessage(time, text));
        return { organisation: member, time, signature };
      }),
      policy: 1,
    };
    await this.ledger(organisation).submit({ contract: 'anchors', name: 'append', args });
  }

  /** Closes the ledger; everything on it is unavailable until {@link reopen}. */
  stop(): void {
    this.#engine.close();
  }

  /** Opens it again; ledgers from before are dead. */
  reopen(): void {
    this.#engine = this.#open();
  }

  /** Closes the ledger and removes its folder. */
  end(): void {
    this.#engine.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The signature of a patient's key over a step of a consent, base64. */
export function signStep(seed: Uint8Array, step: ConsentStatement): string {
  return toBase64(signEd25519Native(seed, consentMessage(step)));
}

/** `code/reason` of what the ledger refused, `code` where there is no reason. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof LedgerError)) throw error ?? new Error('it was not refused');
  return error.reason === undefined ? error.code : `${error.code}/${error.reason}`;
}

/** Every log of the suite holds the numbers from 0 on. */
function node(level: number, index: number): Uint8Array {
  if (level === 0) return leafHash(utf8(String(index)));
  return nodeHash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1));
}
