import type { Database } from '../database/index.ts';
import type { EnrolledKey } from '../identity/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Vault } from '../vault/index.ts';
import { ConsentRegister } from './consent-register.ts';
import { Finality, type FinalityOptions } from './finality.ts';
import { finishStep } from './finish-step.ts';
import { GrantsUnderWay } from './grants-under-way.ts';
import type { LawProfile } from './law-profile.ts';
import type { Withdrawals } from './withdrawals.ts';

/** What the consents of one organisation are composed of; node supplies it. */
export interface ConsentOptions
  extends Pick<FinalityOptions, 'submit' | 'reached' | 'onFault' | 'waitMs' | 'now'> {
  readonly organisation: string;
  /** Opened with `consentMigrations`. */
  readonly database: Database;
  readonly vault: Pick<Vault, 'commit' | 'head' | 'opening' | 'read' | 'search' | 'transact'>;
  readonly ledger: Pick<Ledger, 'id' | 'query'>;
  /** Ids of the active members, this one included. */
  readonly members: () => readonly string[];
  /** The keys in force for a patient of this organisation. */
  readonly enrolledKeys: (patient: string) => readonly EnrolledKey[];
  readonly patientOfKey: (key: string) => EnrolledKey | undefined;
  readonly law?: LawProfile | undefined;
  /** Told of what is permitted no more. */
  readonly withdrawals?: Withdrawals | undefined;
  /** Told of the teams, groups and roles that an active consent names. */
  readonly onGroups?: ((consent: string, groups: readonly string[]) => void) | undefined;
  /** Anchors the log at once, after a revocation. */
  readonly anchorNow: () => Promise<unknown>;
}

/** The consents of one organisation: what requests are answered from, and what decisions are made by. */
export interface ConsentServices extends ConsentOptions {
  readonly register: ConsentRegister;
  readonly finality: Finality;
  readonly grants: GrantsUnderWay;
}

/**
 * Opens an organisation's consents: loads what is active and submits what was left pending. The projection must hand its
 * blocks to `register.apply`, from `register.height` on. Ends with `finality.stop()`.
 */
export async function openConsents(options: ConsentOptions): Promise<ConsentServices> {
  const { organisation, database, vault, law, withdrawals, onGroups, now } = options;
  const patientOfKey = (key: string) => options.patientOfKey(key)?.patient;
  const register = new ConsentRegister({
    organisation,
    database,
    vault,
    patientOfKey,
    law,
    withdrawals,
    onGroups,
    now,
  });
  const finality = new Finality({
    register,
    submit: options.submit,
    reached: options.reached,
    finished: (step) =>
      finishStep({ register, vault, anchorNow: options.anchorNow, onFault: options.onFault, now }, step),
    now,
    onFault: options.onFault,
    ...(options.waitMs === undefined ? {} : { waitMs: options.waitMs }),
  });
  await register.load();
  const grants = new GrantsUnderWay(register);
  await grants.load();
  // Not awaited: a ledger that is away must not keep the organisation from starting.
  finality.retry().catch(options.onFault);
  return { ...options, register, finality, grants };
}
