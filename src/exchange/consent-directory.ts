import type { ConsentRegister } from '../consent/index.ts';
import type { JsonObject } from '../proof/index.ts';
import type { Link, Locator } from './locator.ts';

/** A consent's state on the ledger, as this node's projection has it. */
export interface LedgerConsent {
  readonly id: string;
  readonly custodian: string;
  readonly status: 'active' | 'revoked';
  /** Base64 commitment. */
  readonly statement: string;
}

/** A grant that this organisation holds as custodian. */
export interface CustodianGrant {
  readonly id: string;
  /** Logical id of the patient here. */
  readonly patient: string;
  readonly salt: string;
  readonly consent: JsonObject;
  readonly links: readonly Link[];
  /** Member organisations that it names as recipients. */
  readonly grantees: readonly string[];
}

/** A locator that was attached to a patient of this organisation. */
export interface AttachedLocator {
  readonly consent: string;
  readonly custodian: string;
  readonly handle: string;
}

/** A locator that this organisation holds as grantee. */
export type HeldLocator = Pick<Locator, 'id' | 'custodian' | 'handle' | 'salt' | 'consent'> & {
  /** Logical id of the patient here; absent until the match is made. */
  readonly patient?: string;
};

/** What exchange needs to know of consents; the consent room's register answers it. */
export interface ConsentDirectory {
  /** State on the ledger; undefined when the ledger has none. A revocation received here counts at once. */
  onLedger(id: string): LedgerConsent | undefined;
  /** A grant this organisation is custodian of; undefined for any other. */
  grant(id: string): Promise<CustodianGrant | undefined>;
  /** Active grants whose custodian is this organisation. */
  activeGrants(): Promise<readonly string[]>;
  /** The patient here that a key is enrolled for, when the key is valid now. */
  patientOfKey(key: string): string | undefined;
  /**
   * Attaches a locator to a patient, or keeps it unmatched; durable when resolved. Repeating changes nothing, and nothing moves a match
   * that was made: resolves to the patient it is attached to, undefined for none.
   */
  attach(locator: Omit<HeldLocator, 'patient'>, patient: string | undefined): Promise<string | undefined>;
  /** A locator held as grantee, matched or not; undefined when there is none. */
  held(consent: string): Promise<HeldLocator | undefined>;
  /** Ids of all consents whose locators are held as grantee. */
  heldIds(): readonly string[];
  /** Locators attached to a patient whose consents are active now. */
  locatorsOf(patient: string): readonly AttachedLocator[];
  /** Locators attached to a patient, of consents that have ended too: where the patient is known. */
  attachedTo(patient: string): readonly AttachedLocator[];
}

/** The consent register as exchange sees it. */
export function consentDirectory(register: ConsentRegister): ConsentDirectory {
  return {
    onLedger: (id) => register.onLedger(id),
    grant: (id) => register.grant(id),
    activeGrants: () => register.activeGrants(),
    patientOfKey: (key) => register.patientOfKey(key),
    attach: (locator, patient) => register.attach(locator, patient),
    async held(consent) {
      const record = await register.records.current(consent);
      return record?.role === 'grantee' ? record : undefined;
    },
    heldIds: () => register.records.ids('grantee'),
    locatorsOf: (patient) => register.locatorsOf(patient),
    attachedTo: (patient) => register.attachedTo(patient),
  };
}
