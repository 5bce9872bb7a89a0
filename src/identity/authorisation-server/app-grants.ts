import { IdentityError } from '../errors.ts';
import type { ExpiringRecords } from '../storage/expiring-records.ts';

/** An authorisation lasts this long: after a year a person is asked again, whatever the app holds. */
export const GRANT_SECONDS = 365 * 24 * 3600; // a year
const KIND = 'AppGrant';

/** What a person authorised an app to do; the tokens of the app say so for as long as it is kept. */
export interface AppGrant {
  readonly grant: string;
  readonly client: string;
  /** The person's account. */
  readonly account: string;
  readonly fhirUser?: string | undefined;
  /** The patient in context. */
  readonly patient?: string | undefined;
  readonly encounter?: string | undefined;
  readonly intent?: string | undefined;
  readonly purposes: readonly string[];
  readonly roles: readonly string[];
  /** What was granted, launch and identity scopes included. */
  readonly scope: string;
  /** RFC 3339. */
  readonly since: string;
}

/** The name under which a person's sessions are ended together. */
export function sessionsOf(account: string): string {
  return `sessions of ${account}`;
}

/** Ends an authorisation: its codes, refresh tokens and access tokens work no more from the next request on. */
export function endGrant(records: ExpiringRecords, grant: string): void {
  records.remove('Grant', grant);
  records.removeOfGrant(grant);
}

/** What people authorised apps to do. */
export class AppGrants {
  readonly #records: ExpiringRecords;

  constructor(records: ExpiringRecords) {
    this.#records = records;
  }

  /** Keeps an authorisation, of which the library keeps its own part under the same id. */
  put(granted: AppGrant): void {
    this.#records.put(KIND, granted.grant, granted, GRANT_SECONDS, {
      grant: granted.grant,
      subject: granted.account,
    });
  }

  /** The authorisation; undefined when it ended. */
  get(grant: string): AppGrant | undefined {
    return this.#records.get(KIND, grant)?.value as AppGrant | undefined;
  }

  /** Whether it still holds. */
  holds(grant: string): boolean {
    return this.#records.has('Grant', grant);
  }

  /** Everything that a person authorised and that still holds, oldest first. */
  ofAccount(account: string): AppGrant[] {
    return this.#records
      .ofSubject(KIND, account)
      .map(({ value }) => value as unknown as AppGrant)
      .filter(({ grant }) => this.holds(grant))
      .sort((a, b) => a.since.localeCompare(b.since));
  }

  /** Ends one authorisation of a person. Throws IdentityError `grant-unknown` when they have no such. */
  end(account: string, grant: string): AppGrant {
    const granted = this.get(grant);
    if (granted === undefined || granted.account !== account)
      throw new IdentityError('grant-unknown', 'There is no such connected app.');
    endGrant(this.#records, grant);
    return granted;
  }

  /** Ends everything that people authorised an app to do. */
  endOfClient(client: string): void {
    for (const { value } of this.#records.ofSubject('Grant', client))
      endGrant(this.#records, String(value.jti));
  }

  /** Ends everything of a person: apps and sessions. */
  endAll(account: string): void {
    for (const { grant } of this.ofAccount(account)) endGrant(this.#records, grant);
    this.#records.removeOfGrant(sessionsOf(account));
  }
}
