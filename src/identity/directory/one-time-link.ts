import { randomBytes } from '../../crypto/index.ts';
import { IdentityError } from '../errors.ts';
import type { ExpiringRecords } from '../storage/expiring-records.ts';
import type { Account } from './account.ts';
import type { Directory } from './directory.ts';

/** A link that an administrator hands over in person or by letter lives this long. */
const LINK_SECONDS = 7 * 24 * 3600; // a week: a letter, and a weekend
const CODE_BYTES = 32; // 256 bits, beyond guessing
const KIND = 'OneTimeLink';

/** A link with which somebody sets their first password, or a new one. */
export interface OneTimeLink {
  readonly url: string;
  readonly expires: string;
}

/** Makes and honours links for setting a password. A new link for somebody ends the one before. */
export class OneTimeLinks {
  readonly #records: ExpiringRecords;
  readonly #directory: Directory;
  readonly #issuer: string;

  constructor(records: ExpiringRecords, directory: Directory, issuer: string) {
    this.#records = records;
    this.#directory = directory;
    this.#issuer = issuer;
  }

  /** A new link for an account. */
  make({ id }: Account, nowMs: number): OneTimeLink {
    this.#records.removeOfSubject(KIND, id);
    const code = randomBytes(CODE_BYTES).toString('base64url');
    this.#records.put(KIND, code, { account: id }, LINK_SECONDS, { subject: id });
    return {
      // Behind the `#` it stays out of logs and out of the Referer header; the page sends it on in a form.
      url: `${this.#issuer}/setup#${code}`,
      expires: new Date(nowMs + LINK_SECONDS * 1000).toISOString(),
    };
  }

  /** Whose link it is. Throws IdentityError `link-invalid`. */
  account(code: string): Account {
    return this.#open(this.#records.get(KIND, code)?.value);
  }

  /**
   * Uses up the link and sets the password of whose it is, with `endAccess` in between, all or nothing: of two who come with one link at
   * once, one sets a password. Throws `link-invalid` or `password-weak`; the link is not used up then.
   */
  async setPassword(code: string, password: string, endAccess: (account: Account) => void): Promise<Account> {
    const account = this.account(code);
    await this.#directory.setPassword(account.id, password, () =>
      endAccess(this.#open(this.#records.take(KIND, code))),
    );
    return account;
  }

  #open(value: Record<string, unknown> | undefined): Account {
    const account = value === undefined ? undefined : this.#directory.byId(String(value.account));
    if (account === undefined || account.closed)
      throw new IdentityError(
        'link-invalid',
        'This link was used, has expired, or a newer one was given: ask for another.',
      );
    return account;
  }
}
