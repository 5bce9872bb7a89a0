import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { Database } from '../../database/index.ts';
import { IdentityError } from '../errors.ts';
import type { ExpiringRecords } from '../storage/expiring-records.ts';
import type { RecordSealing } from '../storage/sealing.ts';
import type { Account } from './account.ts';
import type { Directory } from './directory.ts';
import { challengeOf, idOf } from './passkey-answer.ts';

/** A ceremony with a device takes less. */
const CHALLENGE_SECONDS = 300; // WebAuthn Level 3 §15.1 recommends five minutes and more for people who need time
const MAX_PASSKEYS = 10; // telephone, laptop, two security keys, and some that were lost
const MAX_NAME_CHARACTERS = 60; // "Ada's telephone"
const KIND = 'PasskeyChallenge';

/** A passkey as its owner sees it. */
export interface Passkey {
  /** Credential id, base64url. */
  readonly id: string;
  readonly name: string;
  readonly since: string;
}

interface Stored extends Passkey {
  readonly account: string;
  readonly publicKey: string;
  readonly transports: readonly string[];
}

/** Who a passkey recognised, and whether its owner showed themself to the device (PIN, finger, face). */
export interface Recognised {
  readonly account: Account;
  readonly userVerified: boolean;
}

/** What passkeys are kept and checked with. */
export interface PasskeyParts {
  readonly database: Database;
  readonly sealing: RecordSealing;
  readonly records: ExpiringRecords;
  readonly directory: Directory;
  /** Origin of the public URL; its host is the relying party. */
  readonly origin: string;
  readonly organisationName: string;
  readonly now?: () => number;
}

/** The passkeys of one organisation's people (WebAuthn). A challenge is for one purpose and answered once. */
export class Passkeys {
  readonly #parts: PasskeyParts;
  readonly #host: string;

  constructor(parts: PasskeyParts) {
    this.#parts = parts;
    this.#host = new URL(parts.origin).hostname;
  }

  /** What a browser needs to make a passkey for somebody who is signed in. */
  async registration(account: Account): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const options = await generateRegistrationOptions({
      rpName: this.#parts.organisationName,
      rpID: this.#host,
      userID: Buffer.from(account.id),
      userName: account.login,
      userDisplayName: account.name,
      attestationType: 'none',
      excludeCredentials: this.list(account.id).map(({ id }) => ({ id })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    this.#expect(options.challenge, `registration of ${account.id}`, true);
    return options;
  }

  /** Keeps a new passkey. Throws IdentityError `request-invalid` for an answer that is none to this person's challenge. */
  async register(account: Account, response: unknown, name: string): Promise<Passkey> {
    if (name.trim() === '' || name.length > MAX_NAME_CHARACTERS) throw invalid('A passkey has a short name.');
    if (this.list(account.id).length >= MAX_PASSKEYS)
      throw invalid('There are as many passkeys as are kept: remove one first.');
    const verified = await this.#checked(response, `registration of ${account.id}`, (expected) =>
      verifyRegistrationResponse({
        ...expected,
        response: response as RegistrationResponseJSON,
      }),
    );
    if (!verified?.verified) throw invalid('The passkey was not made for this page.');
    const { credential } = verified.registrationInfo;
    const { id, publicKey, counter, transports = [] } = credential;
    const { database, sealing, now = Date.now } = this.#parts;
    const stored: Stored = {
      id,
      name: name.trim(),
      since: new Date(now()).toISOString(),
      account: account.id,
      publicKey: Buffer.from(publicKey).toString('base64url'),
      transports,
    };
    const { changes } = database
      .prepare(
        'INSERT INTO passkey (id, account, sealed, counter) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      )
      .run(this.#key(id), account.id, sealing.seal(stored, this.#place(this.#key(id))), counter);
    if (changes === 0) throw invalid('This passkey is known already.');
    return { id, name: stored.name, since: stored.since };
  }

  /**
   * What a browser needs to sign in with whatever passkey of this organisation there is: its owner must show themself to the device
   * (WebAuthn Level 2 §7.2, step 17), since whoever holds it would else be let in. With one of a known person, who shows another
   * factor beside it, that is preferred.
   */
  async authentication(purpose: string, account?: Account): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const userVerification = account === undefined ? 'required' : 'preferred';
    const options = await generateAuthenticationOptions({
      rpID: this.#host,
      userVerification,
      allowCredentials: account === undefined ? [] : this.list(account.id).map(({ id }) => ({ id })),
    });
    this.#expect(options.challenge, purpose, userVerification === 'required');
    return options;
  }

  /**
   * Whom a passkey recognises. Throws IdentityError `sign-in-refused`, the same for every reason, also when its owner had to show
   * themself to it and did not.
   */
  async recognise(purpose: string, response: unknown): Promise<Recognised> {
    const credential = this.#stored(idOf(response));
    const account = credential && this.#parts.directory.byId(credential.stored.account);
    if (credential === undefined || account === undefined || account.closed) throw refused();
    const { stored, counter } = credential;
    const verified = await this.#checked(response, purpose, (expected) =>
      verifyAuthenticationResponse({
        ...expected,
        response: response as AuthenticationResponseJSON,
        credential: {
          id: stored.id,
          publicKey: Buffer.from(stored.publicKey, 'base64url'),
          counter,
          transports: [...stored.transports],
        },
      }),
    );
    if (!verified?.verified) throw refused();
    const { newCounter, userVerified } = verified.authenticationInfo;
    // A counter that does not grow is a copied authenticator (WebAuthn Level 3 §6.1.1); zero means that it has none.
    const { changes } = this.#parts.database
      .prepare('UPDATE passkey SET counter = ? WHERE id = ? AND (counter < ? OR (counter = 0 AND ? = 0))')
      .run(newCounter, this.#key(stored.id), newCounter, newCounter);
    if (changes === 0) throw refused();
    return { account, userVerified };
  }

  /** A person's passkeys. */
  list(account: string): Passkey[] {
    return this.#parts.database
      .prepare('SELECT sealed, id FROM passkey WHERE account = ?')
      .all<{ sealed: Uint8Array; id: Uint8Array }>(account)
      .map((row) => this.#parts.sealing.open(row.sealed, this.#place(row.id)) as Stored)
      .map(({ id, name, since }) => ({ id, name, since }))
      .sort((a, b) => a.since.localeCompare(b.since));
  }

  /** Removes a passkey of a person. Throws IdentityError `key-unknown`. */
  remove(account: string, id: string): void {
    const { changes } = this.#parts.database
      .prepare('DELETE FROM passkey WHERE id = ? AND account = ?')
      .run(this.#key(id), account);
    if (changes === 0) throw new IdentityError('key-unknown', 'There is no such passkey.');
  }

  /** Removes every passkey of a person; how many there were. */
  removeAll(account: string): number {
    return Number(this.#parts.database.prepare('DELETE FROM passkey WHERE account = ?').run(account).changes);
  }

  #expect(challenge: string, purpose: string, verified: boolean): void {
    this.#parts.records.put(KIND, challenge, { purpose, verified }, CHALLENGE_SECONDS);
  }

  /** Runs a check of the library against a challenge that this server gave for the purpose; undefined for any failure. */
  async #checked<T>(
    response: unknown,
    purpose: string,
    check: (expected: {
      expectedChallenge: string;
      expectedOrigin: string;
      expectedRPID: string;
      requireUserVerification: boolean;
    }) => Promise<T>,
  ): Promise<T | undefined> {
    const challenge = challengeOf(response);
    // Taken before anything is checked: an answer is looked at once, right or wrong.
    const given = challenge === undefined ? undefined : this.#parts.records.take(KIND, challenge);
    if (challenge === undefined || given?.purpose !== purpose) return undefined;
    try {
      return await check({
        expectedChallenge: challenge,
        expectedOrigin: this.#parts.origin,
        expectedRPID: this.#host,
        requireUserVerification: given.verified !== false,
      });
    } catch {
      // The library throws for each thing that is wrong with an answer; which one it was is nobody's business.
      return undefined;
    }
  }

  #stored(id: string | undefined): { stored: Stored; counter: number } | undefined {
    if (id === undefined) return undefined;
    const row = this.#parts.database
      .prepare('SELECT sealed, counter FROM passkey WHERE id = ?')
      .get<{ sealed: Uint8Array; counter: number }>(this.#key(id));
    return (
      row && {
        stored: this.#parts.sealing.open(row.sealed, this.#place(this.#key(id))) as Stored,
        counter: row.counter,
      }
    );
  }

  #place(key: Uint8Array): string {
    return `passkey/${Buffer.from(key).toString('hex')}`;
  }

  #key(id: string): Buffer {
    return this.#parts.sealing.hash('passkey', id);
  }
}

function invalid(message: string): IdentityError {
  return new IdentityError('request-invalid', message);
}

function refused(): IdentityError {
  return new IdentityError(
    'sign-in-refused',
    'This passkey is not known here, or its answer was not for this page.',
  );
}
