import type { Database } from '../database/index.ts';
import { toBase64 } from '../proof/index.ts';
import { type Asker, ask } from './ask.ts';
import type { ConsentDirectory } from './consent-directory.ts';
import { ExchangeError } from './errors.ts';
import { handleFor, opensStatement, sealLocator } from './locator.ts';

/** Locators sent in one round; the rest follow in the next. */
const MAX_PER_ROUND = 100; // a round stays below a second among reachable members

interface Outstanding {
  consent: string;
  grantee: string;
}

/** Sends each active grant's locator to each of its grantees, until each has it; survives restarts. */
export class LocatorDelivery {
  readonly #database: Database;
  readonly #consents: ConsentDirectory;
  readonly #asker: Asker;
  readonly #handleKey: Uint8Array;

  constructor(options: {
    database: Database;
    consents: ConsentDirectory;
    asker: Asker;
    handleKey: Uint8Array;
  }) {
    this.#database = options.database;
    this.#consents = options.consents;
    this.#asker = options.asker;
    this.#handleKey = options.handleKey;
  }

  /** Notes a grant or replacement that the ledger has finished; its grantees are told in the next rounds. */
  granted(consent: string): void {
    if (this.#consents.onLedger(consent)?.custodian !== this.#asker.members.own.organisation) return;
    this.#database.prepare('INSERT OR IGNORE INTO exchange_granted (consent) VALUES (?)').run(consent);
  }

  /** Turns notes into deliveries, once what the ledger commits to is the content held here. */
  async #enqueue(): Promise<void> {
    for (const { consent } of this.#database
      .prepare('SELECT consent FROM exchange_granted')
      .all<{ consent: string }>()) {
      const state = this.#consents.onLedger(consent);
      const grant = await this.#consents.grant(consent);
      const ended = state?.status !== 'active';
      if (!ended && (grant === undefined || !opensStatement(grant, state.statement))) continue;
      const grantees = ended ? [] : (grant?.grantees ?? []);
      this.#database.transaction(() => {
        for (const grantee of grantees) {
          this.#database
            .prepare(
              `INSERT INTO exchange_locator_outbox (consent, grantee) VALUES (?, ?)
               ON CONFLICT (consent, grantee) DO UPDATE SET delivered = 0, attempts = 0`,
            )
            .run(consent, grantee);
        }
        this.#database.prepare('DELETE FROM exchange_granted WHERE consent = ?').run(consent);
      });
    }
  }

  /** One round over what is outstanding; returns how many were delivered. What fails stays for the next round. */
  async round(): Promise<number> {
    await this.#enqueue();
    const outstanding = this.#database
      .prepare(
        'SELECT consent, grantee FROM exchange_locator_outbox WHERE delivered = 0 ORDER BY attempts, consent LIMIT ?',
      )
      .all<Outstanding>(MAX_PER_ROUND);
    let delivered = 0;
    for (const { consent, grantee } of outstanding) {
      if (await this.#deliver(consent, grantee)) delivered += 1;
    }
    return delivered;
  }

  async #deliver(consent: string, grantee: string): Promise<boolean> {
    const member = this.#asker.members.others().find((each) => each.organisation === grantee);
    const grant = await this.#consents.grant(consent);
    if (grant === undefined || this.#consents.onLedger(consent)?.status !== 'active')
      return this.#settle(consent, grantee);
    if (member === undefined) return this.#postpone(consent, grantee);
    const link = grant.links.find((each) => each.organisation === grantee);
    const sealed = await sealLocator(member.sealKey, {
      type: 'holdfast/locator/v1',
      id: consent,
      custodian: this.#asker.members.own.organisation,
      handle: handleFor(this.#handleKey, consent, grantee),
      salt: grant.salt,
      consent: grant.consent,
      ...(link === undefined ? {} : { link }),
    });
    try {
      await ask(this.#asker, member, 'locator', { consent, sealed: toBase64(sealed) });
      return this.#settle(consent, grantee);
    } catch (error) {
      if (error instanceof ExchangeError) return this.#postpone(consent, grantee);
      throw error;
    }
  }

  #settle(consent: string, grantee: string): true {
    this.#database
      .prepare('UPDATE exchange_locator_outbox SET delivered = 1 WHERE consent = ? AND grantee = ?')
      .run(consent, grantee);
    return true;
  }

  #postpone(consent: string, grantee: string): false {
    this.#database
      .prepare('UPDATE exchange_locator_outbox SET attempts = attempts + 1 WHERE consent = ? AND grantee = ?')
      .run(consent, grantee);
    return false;
  }
}
