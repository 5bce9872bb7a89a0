import type { Database } from '../database/index.ts';
import { toBase64 } from '../proof/index.ts';
import { type Asker, ask } from './ask.ts';
import type { ConsentDirectory } from './consent-directory.ts';
import { ExchangeError } from './errors.ts';
import { handleFor, opensStatement, sealLocator } from './locator.ts';
import type { Member } from './member.ts';

/** Locators sent in one round; the rest follow in the next. */
const MAX_PER_ROUND = 100; // a round stays below a second among reachable members
/** Pause after the first failure; it doubles with each further one. */
const FIRST_PAUSE_MS = 500; // a member whose view of the ledger is a block behind has it by then
/** Longest pause between two attempts. */
const MAX_PAUSE_MS = 10 * 60_000; // a member that was away all night has its locators before the first patient

interface Outstanding {
  readonly consent: string;
  readonly grantee: string;
  readonly attempts: number;
}

/** What delivering locators needs. */
export interface DeliveryOptions {
  readonly organisation: string;
  /** Opened with `exchangeMigrations`. */
  readonly database: Database;
  readonly consents: ConsentDirectory;
  readonly asker: Asker;
  readonly handleKey: Uint8Array;
}

/** First pause before a note is looked at again whose content is not here: it is stored within moments of its block. Doubled up to the longest. */
const LOOK_AGAIN_MS = 250;
/** Longest such pause. */
const MAX_LOOK_AGAIN_MS = 60_000;

/** Sends each active grant's locator to each of its grantees, until each has it; survives restarts. */
export class LocatorDelivery {
  readonly #options: DeliveryOptions;
  /** When a delivery that failed is tried again; forgotten by a restart, after which everything is tried at once. */
  readonly #notBeforeMs = new Map<string, number>();
  /** Notes whose content is not here, and when each is looked at again: a folder that was put back may lack it for long. */
  readonly #unresolved = new Map<string, { readonly atMs: number; readonly pauseMs: number }>();

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /**
   * Notes a grant, replacement or new key that the ledger has finished; its grantees are told in the next rounds. Also of blocks from before
   * this organisation was a member, or while it is suspended.
   */
  granted(consent: string): void {
    const { consents, organisation, database } = this.#options;
    if (consents.onLedger(consent)?.custodian !== organisation) return;
    database.prepare('INSERT OR IGNORE INTO exchange_granted (consent) VALUES (?)').run(consent);
  }

  /** One round over what is due; returns how many were delivered. What fails stays for a later one. */
  async round(): Promise<number> {
    await this.#enqueue();
    const nowMs = this.#options.asker.now().getTime();
    const due = this.#options.database
      .prepare(
        'SELECT consent, grantee, attempts FROM exchange_locator_outbox WHERE delivered = 0 ORDER BY attempts, consent',
      )
      .all<Outstanding>()
      .filter((each) => (this.#notBeforeMs.get(keyOf(each)) ?? 0) <= nowMs)
      .slice(0, MAX_PER_ROUND);
    const byGrantee = Map.groupBy(due, ({ grantee }) => grantee);
    // Members do not wait for one another: one that is away costs its timeout alone.
    const delivered = await Promise.all(
      [...byGrantee].map(([grantee, each]) => this.#toMember(grantee, each)),
    );
    return delivered.reduce((sum, each) => sum + each, 0);
  }

  /** Turns notes into deliveries, once what the ledger commits to is the content held here. */
  async #enqueue(): Promise<void> {
    const { database, consents, asker } = this.#options;
    const nowMs = asker.now().getTime();
    for (const { consent } of database
      .prepare('SELECT consent FROM exchange_granted')
      .all<{ consent: string }>()) {
      if ((this.#unresolved.get(consent)?.atMs ?? 0) > nowMs) continue;
      const state = consents.onLedger(consent);
      const grant = await consents.grant(consent);
      const ended = state?.status !== 'active';
      if (!ended && (grant === undefined || !opensStatement(grant, state.statement))) {
        this.#lookLater(consent, nowMs);
        continue;
      }
      this.#unresolved.delete(consent);
      const grantees = ended ? [] : (grant?.grantees ?? []);
      database.transaction(() => {
        for (const grantee of grantees) {
          this.#notBeforeMs.delete(keyOf({ consent, grantee }));
          database
            .prepare(
              `INSERT INTO exchange_locator_outbox (consent, grantee) VALUES (?, ?)
               ON CONFLICT (consent, grantee) DO UPDATE SET delivered = 0, attempts = 0`,
            )
            .run(consent, grantee);
        }
        database.prepare('DELETE FROM exchange_granted WHERE consent = ?').run(consent);
      });
    }
  }

  #lookLater(consent: string, nowMs: number): void {
    const before = this.#unresolved.get(consent)?.pauseMs ?? LOOK_AGAIN_MS / 2;
    const pauseMs = Math.min(2 * before, MAX_LOOK_AGAIN_MS);
    this.#unresolved.set(consent, { atMs: nowMs + pauseMs, pauseMs });
  }

  async #toMember(grantee: string, due: readonly Outstanding[]): Promise<number> {
    const member = this.#options.asker.members.others().find(({ organisation }) => organisation === grantee);
    let delivered = 0;
    let isAway = member === undefined;
    for (const each of due) {
      if (!(await this.#isWanted(each))) this.#settle(each);
      else if (member === undefined || isAway) this.#postpone(each);
      else {
        const failure = await this.#send(member, each.consent);
        if (failure === undefined) {
          this.#settle(each);
          delivered += 1;
        } else this.#postpone(each);
        isAway = failure?.code === 'unavailable';
      }
    }
    return delivered;
  }

  async #isWanted({ consent, grantee }: Outstanding): Promise<boolean> {
    const { consents } = this.#options;
    if (consents.onLedger(consent)?.status !== 'active') return false;
    return (await consents.grant(consent))?.grantees.includes(grantee) === true;
  }

  /** Undefined once the member has it. */
  async #send(member: Member, consent: string): Promise<ExchangeError | undefined> {
    const { consents, asker, handleKey } = this.#options;
    const grant = await consents.grant(consent);
    if (grant === undefined) return undefined;
    const link = grant.links.find(({ organisation }) => organisation === member.organisation);
    const sealed = await sealLocator(member.sealKey, {
      type: 'holdfast/locator/v1',
      id: consent,
      custodian: asker.members.own.organisation,
      handle: handleFor(handleKey, consent, member.organisation),
      salt: grant.salt,
      consent: grant.consent,
      ...(link === undefined ? {} : { link }),
    });
    try {
      await ask(asker, member, 'locator', { consent, sealed: toBase64(sealed) });
      return undefined;
    } catch (error) {
      if (error instanceof ExchangeError) return error;
      throw error;
    }
  }

  #settle(each: Outstanding): void {
    this.#notBeforeMs.delete(keyOf(each));
    this.#options.database
      .prepare('DELETE FROM exchange_locator_outbox WHERE consent = ? AND grantee = ?')
      .run(each.consent, each.grantee);
  }

  #postpone(each: Outstanding): void {
    const { asker, database } = this.#options;
    const pauseMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(each.attempts, 30));
    this.#notBeforeMs.set(keyOf(each), asker.now().getTime() + pauseMs);
    database
      .prepare('UPDATE exchange_locator_outbox SET attempts = attempts + 1 WHERE consent = ? AND grantee = ?')
      .run(each.consent, each.grantee);
  }
}

function keyOf({ consent, grantee }: { consent: string; grantee: string }): string {
  return `${consent}/${grantee}`;
}
