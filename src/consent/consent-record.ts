import type { Database } from '../database/index.ts';
import { canonicalize, type JsonObject, parseJsonKeepingDigits } from '../proof/index.ts';
import type { Vault } from '../vault/index.ts';

/** A patient's link to another member (FORMATS §5): the key enrolled there, and its signature. */
export interface Link {
  readonly organisation: string;
  readonly key: string;
  readonly signature: string;
}

/** What the custodian keeps of a grant or replacement, sealed under an audit key. */
export interface CustodianRecord {
  readonly role: 'custodian';
  readonly id: string;
  /** Logical id of the patient here. */
  readonly patient: string;
  /** Base64; with `consent` it opens the statement on the ledger. */
  readonly salt: string;
  readonly statement: string;
  /** The FHIR Consent as it was signed or recorded, digits kept. */
  readonly consent: JsonObject;
  readonly links: readonly Link[];
  /** The proofs of whose consent it is; absent when the custodian recorded it. */
  readonly subjectKey?: string;
  readonly signature?: string;
  readonly enrolment?: string;
  /** As whom it was signed, where not by the patient: the role of the enrolled key. */
  readonly signedAs?: 'parent' | 'guardian' | 'representative';
}

/** What a grantee keeps of a locator. */
export interface GranteeRecord {
  readonly role: 'grantee';
  readonly id: string;
  readonly custodian: string;
  readonly handle: string;
  readonly salt: string;
  readonly consent: JsonObject;
  /** Logical id of the patient here; absent until the match is made. */
  readonly patient?: string;
}

/** Content of a consent that this organisation holds. */
export type ConsentRecord = CustodianRecord | GranteeRecord;

/** The contents of consents held here: sealed in the vault as events of kind `consent`, found through a table of ids. */
export class ConsentRecords {
  readonly #database: Database;
  readonly #vault: Pick<Vault, 'commit' | 'opening'>;

  constructor(database: Database, vault: Pick<Vault, 'commit' | 'opening'>) {
    this.#database = database;
    this.#vault = vault;
  }

  /** Seals and logs a content; resolves with the id of its event when durable. It counts for nothing until {@link use}. */
  async seal(record: ConsentRecord, actor: string, time: string): Promise<string> {
    const content = { text: canonicalize(record), sourceKey: 'audit' } as const;
    const [logged] = await this.#vault.commit({
      events: [{ kind: 'consent', object: `Consent/${record.id}`, actor, time, content }],
    });
    if (logged === undefined) throw new Error('a committed event has a receipt');
    return logged.eventId;
  }

  /** Makes a sealed content the one in force for its consent. */
  use(id: string, role: ConsentRecord['role'], event: string): void {
    this.#database.transaction(() => {
      this.#database
        .prepare('INSERT OR REPLACE INTO consent_records (id, role, event) VALUES (?, ?, ?)')
        .run(id, role, event);
    });
  }

  /** The content in force for a consent; undefined when none is held here. */
  async current(id: string): Promise<ConsentRecord | undefined> {
    const event = this.eventOf(id);
    return event === undefined ? undefined : this.open(event);
  }

  /** The event with the content in force for a consent; undefined when none is held here. */
  eventOf(id: string): string | undefined {
    return this.#database.prepare('SELECT event FROM consent_records WHERE id = ?').get<{ event: string }>(id)
      ?.event;
  }

  /** A sealed content by its event; undefined when the vault does not have it. */
  async open(event: string): Promise<ConsentRecord | undefined> {
    const content = (await this.#vault.opening(event))?.content;
    return content === undefined ? undefined : (parseJsonKeepingDigits(content) as ConsentRecord);
  }

  /** Ids of the consents held in a role. */
  ids(role: ConsentRecord['role']): string[] {
    return this.#database
      .prepare('SELECT id FROM consent_records WHERE role = ? ORDER BY id')
      .all<{ id: string }>(role)
      .map(({ id }) => id);
  }
}
