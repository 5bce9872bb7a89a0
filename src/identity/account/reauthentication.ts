import { randomId } from '../../crypto/index.ts';
import type { Account } from '../directory/account.ts';
import type { Directory } from '../directory/directory.ts';
import type { Passkeys } from '../directory/passkeys.ts';
import { IdentityError } from '../errors.ts';
import type { Principal } from '../principal.ts';
import type { ExpiringRecords } from '../storage/expiring-records.ts';

/** From showing oneself to signing: one form. */
const PROOF_SECONDS = 300; // long enough to read what is signed, too short to walk away from
const KIND = 'Reauthentication';

/** What a proof is for with which somebody adds a passkey to their account. */
export const ADD_PASSKEY = 'add-passkey';
/** What a proof is for with which somebody removes one. */
export const REMOVE_PASSKEY = 'remove-passkey';

/** How somebody shows anew who they are. Two factors: a passkey that asks for PIN or finger is two by itself. */
export interface Shown {
  readonly password?: string | undefined;
  /** A WebAuthn answer to {@link Reauthentication.challenge}. */
  readonly passkey?: unknown;
}

/** That somebody showed themself with two factors, for one purpose, a moment ago. */
export interface ReauthenticationProof {
  readonly id: string;
  readonly account: string;
  readonly purpose: string;
  /** RFC 8176. */
  readonly factors: readonly string[];
  readonly time: string;
}

/** Re-authentication on demand: what an electronic signature rests on (21 CFR 11.200(a)(1): two distinct components). */
export class Reauthentication {
  readonly #directory: Directory;
  readonly #passkeys: Passkeys;
  readonly #records: ExpiringRecords;
  readonly #now: () => Date;

  constructor(directory: Directory, passkeys: Passkeys, records: ExpiringRecords, now: () => Date) {
    this.#directory = directory;
    this.#passkeys = passkeys;
    this.#records = records;
    this.#now = now;
  }

  /** What a browser needs to ask for a passkey of this person, for this purpose. */
  challenge(account: Account, purpose: string) {
    return this.#passkeys.authentication(purposeOf(account, purpose), account);
  }

  /**
   * A proof that may be used once, by this person and for this purpose. Throws IdentityError `reauthentication-failed` when
   * a factor is wrong or there are fewer than two; a wrong password counts towards the lock-out. Whoever adds their first passkey has
   * one factor yet: the password is enough for that, and for nothing else.
   */
  async show(
    account: Account,
    purpose: string,
    { password, passkey }: Shown,
  ): Promise<ReauthenticationProof> {
    const factors: string[] = [];
    try {
      if (passkey !== undefined) {
        const found = await this.#passkeys.recognise(purposeOf(account, purpose), passkey);
        if (found.account.id !== account.id) throw failed();
        factors.push('hwk', ...(found.userVerified ? ['user', 'mfa'] : []));
      }
      if (password !== undefined) {
        const found = await this.#directory.signIn(account.login, password);
        if (found.id !== account.id) throw failed();
        factors.push('pwd');
      }
    } catch (error) {
      if (error instanceof IdentityError && error.code === 'sign-in-refused') throw failed();
      throw error;
    }
    const isFirst = purpose === ADD_PASSKEY && this.#passkeys.list(account.id).length === 0;
    const needed = isFirst ? ['pwd'] : ['hwk', 'pwd'];
    if (!factors.includes('mfa') && !needed.every((factor) => factors.includes(factor))) throw failed();
    const proof = {
      id: randomId(),
      account: account.id,
      purpose,
      factors,
      time: this.#now().toISOString(),
    };
    this.#records.put(KIND, proof.id, proof, PROOF_SECONDS);
    return proof;
  }

  /** Uses a proof up. Throws IdentityError `reauthentication-failed` when it is not this person's, for another purpose, or used. */
  use(id: string, { account }: Pick<Principal, 'account'>, purpose: string): ReauthenticationProof {
    const proof = this.#records.take(KIND, id) as ReauthenticationProof | undefined;
    if (
      proof === undefined ||
      account === undefined ||
      proof.account !== account ||
      proof.purpose !== purpose
    )
      throw failed();
    return proof;
  }
}

const purposeOf = ({ id }: Account, purpose: string): string => `reauthentication of ${id} for ${purpose}`;

function failed(): IdentityError {
  return new IdentityError(
    'reauthentication-failed',
    'Show the password for your first passkey; else a passkey with PIN or finger, or a passkey and the password.',
  );
}
