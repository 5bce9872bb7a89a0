import { randomId } from '../../crypto/index.ts';
import type { Database } from '../../database/index.ts';
import { IdentityError } from '../errors.ts';
import type { RecordSealing } from '../storage/sealing.ts';
import { type Account, type AccountChange, checkAccount, foldLogin, type NewAccount } from './account.ts';
import { hashPassword, verifyPassword } from './password.ts';

/** Wrong passwords in a row before an account takes none for a while. */
const MAX_FAILURES = 5; // NIST SP 800-63B-4 §3.2.2 allows up to 100; people mistype two or three times
/** How long an account takes no password after {@link MAX_FAILURES}; passkeys are not stopped by it. */
const LOCKED_MS = 15 * 60_000; // 480 guesses a day, and a colleague is not locked out for a shift
/** Accounts of one organisation. */
const MAX_ACCOUNTS = 1_000_000; // every patient of a large hospital

interface Row {
  id: string;
  sealed: Uint8Array;
  password: Uint8Array | null;
  failures: number;
  locked_until_ms: number;
}

const columns = 'id, sealed, password, failures, locked_until_ms';

/** The people of one organisation: who they are, what they do, and the passwords they sign in with. */
export class Directory {
  readonly #database: Database;
  readonly #sealing: RecordSealing;
  readonly #organisation: readonly string[];
  readonly #now: () => number;

  /** `organisation`: words that a password may not consist of. `now` in milliseconds. */
  constructor(
    database: Database,
    sealing: RecordSealing,
    organisation: readonly string[],
    now: () => number = Date.now,
  ) {
    this.#database = database;
    this.#sealing = sealing;
    this.#organisation = organisation;
    this.#now = now;
  }

  /** Makes an account, without a password. Throws IdentityError `account-invalid` or `login-taken`. */
  add(said: NewAccount): Account {
    checkAccount(said);
    const account: Account = { ...said, id: randomId(), login: said.login.trim(), closed: false };
    return this.#database.transaction(() => {
      if (this.byLogin(said.login) !== undefined) throw loginTaken();
      const { count } = this.#database
        .prepare('SELECT count(*) AS count FROM user_account')
        .get<{ count: number }>() ?? {
        count: 0,
      };
      if (count >= MAX_ACCOUNTS)
        throw new IdentityError('account-invalid', 'There are as many users as are kept.');
      this.#requireFree(account);
      this.#database
        .prepare('INSERT INTO user_account (id, login, outside, sealed) VALUES (?, ?, ?, ?)')
        .run(account.id, this.#loginHash(account.login), this.#outsideHash(account), this.#seal(account));
      return account;
    });
  }

  /** Changes an account. Throws IdentityError `account-unknown`, `account-invalid` or `login-taken`. */
  change(id: string, change: AccountChange): Account {
    return this.#database.transaction(() => {
      const before = this.byId(id);
      if (before === undefined) throw unknownAccount();
      const account: Account = { ...before, ...change };
      checkAccount(account);
      this.#requireFree(account);
      this.#database
        .prepare('UPDATE user_account SET outside = ?, sealed = ? WHERE id = ?')
        .run(this.#outsideHash(account), this.#seal(account), id);
      return account;
    });
  }

  /** The account; undefined when there is none. */
  byId(id: string): Account | undefined {
    return this.#account(
      this.#database.prepare(`SELECT ${columns} FROM user_account WHERE id = ?`).get<Row>(id),
    );
  }

  /** The account with this login, whatever its case; undefined when there is none. */
  byLogin(login: string): Account | undefined {
    return this.#account(this.#rowByLogin(login));
  }

  /** The account that the organisation's own provider calls this; undefined when there is none. */
  byOutside(issuer: string, subject: string): Account | undefined {
    const hash = this.#sealing.hash('outside', JSON.stringify([issuer, subject]));
    return this.#account(
      this.#database.prepare(`SELECT ${columns} FROM user_account WHERE outside = ?`).get<Row>(hash),
    );
  }

  /** Everybody, in the order of their logins. */
  list(): Account[] {
    const rows = this.#database.prepare(`SELECT ${columns} FROM user_account`).all<Row>();
    return rows
      .flatMap((row) => this.#account(row) ?? [])
      .sort((a, b) => foldLogin(a.login).localeCompare(foldLogin(b.login)));
  }

  /** True when the account has a password. */
  hasPassword(id: string): boolean {
    const row = this.#database
      .prepare('SELECT password IS NOT NULL AS has FROM user_account WHERE id = ?')
      .get<{ has: number }>(id);
    return row?.has === 1;
  }

  /**
   * Sets the password and unlocks the account. `first` is done in the same transaction, once the password is known to be taken: what it
   * throws leaves everything as it was. Throws IdentityError `password-weak` or `account-unknown`.
   */
  async setPassword(id: string, password: string, first: () => void = () => undefined): Promise<void> {
    const account = this.byId(id);
    if (account === undefined) throw unknownAccount();
    const about = [account.login, ...account.name.split(/\s+/), ...this.#organisation];
    const hash = await hashPassword(password, about);
    this.#database.transaction(() => {
      first();
      this.#database
        .prepare('UPDATE user_account SET password = ?, failures = 0, locked_until_ms = 0 WHERE id = ?')
        .run(this.#sealing.seal(hash, `password/${id}`), id);
    });
  }

  /**
   * The account that login and password belong to. Throws IdentityError `sign-in-refused`, the same whether there is no such
   * login, the password is wrong, the account is closed, or it takes no password for a while.
   */
  async signIn(login: string, password: string): Promise<Account> {
    const row = this.#rowByLogin(login);
    const account = this.#account(row);
    const locked = row !== undefined && row.locked_until_ms > this.#now();
    const hash =
      row?.password == null ? undefined : String(this.#sealing.open(row.password, `password/${row.id}`));
    const right = await verifyPassword(hash, password);
    if (row === undefined || account === undefined) throw refused();
    if (locked) throw refused();
    if (!right) {
      this.#noteFailure(row.id);
      throw refused();
    }
    if (account.closed) throw refused();
    // Another request may have locked it while this one was hashing: the lock holds for right guesses too.
    const { changes } = this.#database
      .prepare('UPDATE user_account SET failures = 0 WHERE id = ? AND locked_until_ms <= ?')
      .run(row.id, this.#now());
    if (changes === 0) throw refused();
    return account;
  }

  /** Whether an account takes no password now. */
  isLocked(id: string): boolean {
    const row = this.#database.prepare(`SELECT ${columns} FROM user_account WHERE id = ?`).get<Row>(id);
    return row !== undefined && row.locked_until_ms > this.#now();
  }

  #noteFailure(id: string): void {
    this.#database
      .prepare(
        `UPDATE user_account SET
           locked_until_ms = CASE WHEN failures + 1 >= ${MAX_FAILURES} THEN ? ELSE locked_until_ms END,
           failures = CASE WHEN failures + 1 >= ${MAX_FAILURES} THEN 0 ELSE failures + 1 END
         WHERE id = ?`,
      )
      .run(this.#now() + LOCKED_MS, id);
  }

  #requireFree({ id, outside }: Account): void {
    const other = outside && this.byOutside(outside.issuer, outside.subject);
    if (other !== undefined && other.id !== id) throw loginTaken();
  }

  #rowByLogin(login: string): Row | undefined {
    return this.#database
      .prepare(`SELECT ${columns} FROM user_account WHERE login = ?`)
      .get<Row>(this.#loginHash(login));
  }

  #account(row: Row | undefined): Account | undefined {
    return row && (this.#sealing.open(row.sealed, `account/${row.id}`) as Account);
  }

  #seal(account: Account): Buffer {
    return this.#sealing.seal(account, `account/${account.id}`);
  }

  #loginHash(login: string): Buffer {
    return this.#sealing.hash('login', foldLogin(login));
  }

  #outsideHash({ outside }: Account): Buffer | null {
    return outside === undefined
      ? null
      : this.#sealing.hash('outside', JSON.stringify([outside.issuer, outside.subject]));
  }
}

function refused(): IdentityError {
  return new IdentityError(
    'sign-in-refused',
    'This login and password do not belong together. After five wrong tries a login waits fifteen minutes.',
  );
}

function unknownAccount(): IdentityError {
  return new IdentityError('account-unknown', 'There is no such user.');
}

function loginTaken(): IdentityError {
  return new IdentityError(
    'login-taken',
    'Another user has this login, or this name at the organisation’s own provider.',
  );
}
