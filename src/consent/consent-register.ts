import type { Database } from '../database/index.ts';
import type { Block } from '../ledger/index.ts';
import type { Vault } from '../vault/index.ts';
import { compileConsent } from './compile.ts';
import { groupsNamed } from './compiled-names.ts';
import {
  type ConsentRecord,
  ConsentRecords,
  type CustodianRecord,
  type GranteeRecord,
} from './consent-record.ts';
import type { ConsentState } from './contract-state.ts';
import type { CompiledConsent } from './decision.ts';
import { FEDERAL, type LawProfile } from './law-profile.ts';
import { ConsentLedgerView } from './ledger-view.ts';
import { PatientIndex } from './patient-index.ts';
import { denies } from './provision.ts';
import { StepStore } from './step-store.ts';
import type { Withdrawals } from './withdrawals.ts';

/** What a register is made of. */
export interface ConsentRegisterOptions {
  readonly organisation: string;
  /** Opened with `consentMigrations`. */
  readonly database: Database;
  readonly vault: Pick<Vault, 'commit' | 'opening'>;
  /** The patient here that a key is enrolled for and valid now; undefined for any other key. */
  readonly patientOfKey: (key: string) => string | undefined;
  /** The law that says what a minor may keep from their parents. */
  readonly law?: LawProfile | undefined;
  /** Told of what is permitted no more. */
  readonly withdrawals?: Withdrawals | undefined;
  /** Told of the teams, groups and roles that an active consent names, and of none when it is not active any more. */
  readonly onGroups?: ((consent: string, groups: readonly string[]) => void) | undefined;
  readonly now: () => Date;
}

/** A locator attached to a patient of this organisation, whose consent is active. */
export interface AttachedConsent {
  readonly consent: string;
  readonly custodian: string;
  readonly handle: string;
}

/** A locator as exchange received and checked it. */
export interface ReceivedLocator {
  readonly id: string;
  readonly custodian: string;
  readonly handle: string;
  readonly salt: string;
  readonly consent: CustodianRecord['consent'];
}

/**
 * Which consents concern which patient of one organisation, and where each stands. It follows the ledger: a grant counts
 * once its block was seen, a revocation from the moment it is durable here. What is active is held in memory, compiled.
 */
export class ConsentRegister {
  /** Contents and steps, for the services of this room. */
  readonly records: ConsentRecords;
  readonly steps: StepStore;
  readonly view: ConsentLedgerView;
  readonly #options: ConsentRegisterOptions;
  readonly #compiled = new PatientIndex<CompiledConsent>();
  readonly #contents = new Map<string, string>(); // the log entry that each was compiled from
  /** Labels of what a parent's consent does not release. */
  readonly #withheld: ReadonlySet<string>;
  readonly #attached = new PatientIndex<AttachedConsent>();
  /** Matches are made one after the other: two at once would both find none. */
  #matching: Promise<unknown> = Promise.resolve();

  constructor(options: ConsentRegisterOptions) {
    this.#options = options;
    const { minorServices } = options.law ?? FEDERAL;
    this.#withheld = new Set(minorServices.flatMap(({ labels }) => labels));
    this.records = new ConsentRecords(options.database, options.vault);
    this.steps = new StepStore(options.database);
    this.view = new ConsentLedgerView(options.database, (state) => this.refresh(state.id));
  }

  /** Brings what is stored into memory; before anything is decided. */
  async load(): Promise<void> {
    for (const id of [...this.records.ids('custodian'), ...this.records.ids('grantee')])
      await this.refresh(id);
  }

  /** Height up to which blocks were taken: where the projection's handler continues. */
  get height(): number {
    return this.view.height;
  }

  /** Takes one block; a handler of the projection. */
  apply(block: Block): Promise<void> {
    return this.view.apply(block);
  }

  /** The consents of a patient of this organisation that are active here, or being revoked; empty when there is none. */
  consentsOf(patient: string): readonly CompiledConsent[] {
    return this.#compiled.of(patient);
  }

  /** A consent as the ledger has it, except that a revocation received here counts at once; undefined when there is none. */
  onLedger(id: string): ConsentState | undefined {
    const state = this.view.state(id);
    return state !== undefined && this.steps.isRevoking(id) ? { ...state, status: 'revoked' } : state;
  }

  /** Ids of consents that are denied here although the ledger does not say so yet. */
  get pendingDenials(): readonly string[] {
    return [...new Set(this.steps.all().flatMap(({ id, name }) => (name === 'revoke' ? [id] : [])))];
  }

  /** What is held of a consent as its custodian; undefined for any other. */
  async grant(id: string): Promise<(CustodianRecord & { readonly grantees: readonly string[] }) | undefined> {
    const record = await this.records.current(id);
    if (record?.role !== 'custodian') return undefined;
    const outcome = compileConsent(record.consent, id, 'active');
    const named = 'consent' in outcome ? outcome.consent.grantees : [];
    return { ...record, grantees: named.filter((grantee) => grantee !== this.#options.organisation) };
  }

  /** Ids of the active consents whose custodian this organisation is. */
  async activeGrants(): Promise<readonly string[]> {
    return this.records.ids('custodian').filter((id) => this.onLedger(id)?.status === 'active');
  }

  /** The patient here that a key is enrolled for; undefined when it is for none, or no longer. */
  patientOfKey(key: string): string | undefined {
    return this.#options.patientOfKey(key);
  }

  /**
   * Keeps a checked locator and attaches it to a patient, or leaves it unmatched; durable when resolved. Repeating changes nothing. A
   * match that was made stays, whoever comes after: resolves to the patient it is attached to, undefined for none.
   */
  attach(locator: ReceivedLocator, patient: string | undefined): Promise<string | undefined> {
    const attached = this.#matching.then(() => this.#attach(locator, patient));
    this.#matching = attached.catch(() => undefined);
    return attached;
  }

  async #attach(locator: ReceivedLocator, patient: string | undefined): Promise<string | undefined> {
    const { id, custodian, handle, salt, consent } = locator;
    const known = await this.records.current(id);
    if (known?.role === 'custodian') return undefined;
    const matched = known?.patient ?? patient;
    if (known !== undefined && known.salt === salt && known.handle === handle && known.patient === matched)
      return matched;
    const record: ConsentRecord = {
      role: 'grantee',
      id,
      custodian,
      handle,
      salt,
      consent,
      ...(matched === undefined ? {} : { patient: matched }),
    };
    const event = await this.records.seal(record, custodian, this.#options.now().toISOString());
    this.records.use(id, 'grantee', event);
    await this.refresh(id);
    return matched;
  }

  /** Locators attached to a patient whose consents are active now. */
  locatorsOf(patient: string): readonly AttachedConsent[] {
    return this.attachedTo(patient).filter(({ consent }) => this.onLedger(consent)?.status === 'active');
  }

  /** As {@link locatorsOf}, whatever became of the consents since: they tell where a patient is known, and permit nothing. */
  attachedTo(patient: string): readonly AttachedConsent[] {
    return this.#attached.of(patient);
  }

  /** Denies what a consent permits, at once: its revocation is durable here. */
  deny(id: string): void {
    const compiled = this.#compiled.get(id);
    if (compiled === undefined) return;
    this.#compiled.replace(id, { ...compiled, status: 'revoking' });
    this.#options.withdrawals?.note(this.#compiled.patientOf(id));
  }

  /** Brings one consent up to date in memory, from ledger, steps and content. */
  async refresh(id: string): Promise<void> {
    if (this.view.state(id)?.status === 'revoked') this.#deactivate(id);
    this.#adopt(id);
    const event = this.records.eventOf(id);
    if (event === undefined) return this.#deactivate(id);
    const record = await this.records.open(event);
    // Another content came into force while this one was being opened: start over with that.
    if (this.records.eventOf(id) !== event) return this.refresh(id);
    // Nothing is awaited from here on: a decision sees the consent as it was or as it is.
    if (record?.role === 'grantee') this.#refreshAttached(record);
    const compiled = record?.role === 'custodian' ? this.#compile(record, this.view.state(id)) : undefined;
    if (record?.role === 'custodian' && compiled !== undefined) {
      const before = this.#compiled.get(id);
      const isOther = this.#contents.get(id) !== event || before?.status !== compiled.status;
      this.#compiled.set(id, record.patient, compiled);
      this.#contents.set(id, event);
      // What takes the place of another may permit less; what is new withdraws something only where it denies.
      const isLess = before === undefined ? denies(compiled.provision) : isOther;
      if (isLess) this.#options.withdrawals?.note(record.patient);
      this.#options.onGroups?.(id, groupsNamed(compiled.provision));
    } else this.#deactivate(id);
  }

  #deactivate(id: string): void {
    const patient = this.#compiled.patientOf(id);
    if (patient !== undefined) this.#noteEnd(id, patient);
    for (const kept of [this.#compiled, this.#contents]) kept.delete(id);
    this.#options.onGroups?.(id, []);
  }

  /** One that was active until now ends by the ledger's word; one that was revoked here denied before. */
  #noteEnd(id: string, patient: string): void {
    const { withdrawals, now } = this.#options;
    withdrawals?.note(patient);
    const state = this.view.state(id);
    if (state?.status !== 'revoked' || this.#compiled.get(id)?.status !== 'active') return;
    // The time is its submitter's claim: of one whose clock is ahead it says no delay.
    withdrawals?.took({
      seconds: Math.max(0, now().getTime() - Date.parse(state.time)) / 1000,
      from: 'ledger',
    });
  }

  /** The content of a grant on its way comes into force with the block that has it: whoever follows the blocks finds it. */
  #adopt(id: string): void {
    const state = this.view.state(id);
    const step = this.steps
      .of(id)
      .find(({ sequence, args }) => sequence === state?.sequence && args.statement === state.statement);
    if (step?.event !== undefined) this.records.use(id, 'custodian', step.event);
  }

  /** Active on the ledger, here as custodian, and the content the one that the ledger commits to. */
  #compile(record: CustodianRecord, state: ConsentState | undefined): CompiledConsent | undefined {
    if (state?.status !== 'active' || state.custodian !== this.#options.organisation) return undefined;
    if (state.statement !== record.statement) return undefined;
    const status = this.steps.isRevoking(record.id) ? 'revoking' : 'active';
    const outcome = compileConsent(record.consent, record.id, status);
    if (!('consent' in outcome)) return undefined;
    const isParents = record.signedAs === 'parent' || record.signedAs === 'guardian';
    return isParents ? { ...outcome.consent, withholds: this.#withheld } : outcome.consent;
  }

  #refreshAttached({ id, custodian, handle, patient }: GranteeRecord): void {
    if (patient === undefined) this.#attached.delete(id);
    else this.#attached.set(id, patient, { consent: id, custodian, handle });
  }
}
