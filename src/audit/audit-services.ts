import type { LabelRules, RecordingServices } from '../consent/index.ts';
import type { Principal } from '../identity/index.ts';
import type { StoredVersion, Vault } from '../vault/index.ts';
import type { MemberDirectory } from './accounting/disclosure.ts';
import type { Suspensions } from './accounting/suspension.ts';
import type { Flagging } from './anomaly/flagging.ts';
import type { BreakGlassRegister } from './break-glass/break-glass-register.ts';
import type { RecordStore } from './record-store.ts';
import type { RefusalSeal } from './refusals/refusal-seal.ts';
import type { RightsRegister } from './rights/rights-register.ts';
import type { StandingStatements } from './rights/standing-statements.ts';

/** Where receipts' proofs come from: the organisation's log. */
export interface ProofsSource {
  /** C2SP tlog-proof texts of leaves, all under one cosigned checkpoint; undefined when none covers them within `waitMs`. */
  proofsFor(leaves: readonly number[], options: { waitMs: number }): Promise<string[] | undefined>;
}

/** What the audit routes of one organisation need. */
export interface AuditRouteServices extends RecordingServices {
  readonly organisation: string;
  readonly vault: Vault;
  readonly store: RecordStore;
  readonly suspensions: Suspensions;
  readonly rights: RightsRegister;
  readonly statements: StandingStatements;
  readonly flagging: Flagging;
  readonly breakGlass: BreakGlassRegister;
  readonly refusals: RefusalSeal;
  readonly proofs: ProofsSource;
  /** Texts of the trust policies that an export is made under. */
  readonly policies: () => readonly string[];
  readonly directory: MemberDirectory;
  /** What makes data sensitive here. */
  readonly labels: LabelRules;
  /** The decision by which a stored version would be read through FHIR. */
  readonly mayRead: (principal: Principal, stored: StoredVersion) => boolean;
  /** Who is asking; rejects with IdentityError. */
  readonly authenticate: (header: string | undefined) => Promise<Principal>;
  readonly now: () => Date;
}
