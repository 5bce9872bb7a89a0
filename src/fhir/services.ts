import type { BreakGlassFacts, RefusalSeal } from '../audit/index.ts';
import type {
  Affiliations,
  CompiledConsent,
  Emergency,
  Exclusive,
  OrganisationPolicy,
  Withdrawals,
} from '../consent/index.ts';
import type { Principal } from '../identity/index.ts';
import type { StoredVersion, Vault } from '../vault/index.ts';
import type { ConsentPath } from './consent-path.ts';
import type { Operation } from './operation.ts';

/** Where receipts' proofs come from: the organisation's log. */
export interface ProofSource {
  /** C2SP tlog-proof text for a leaf under a cosigned checkpoint; undefined when none covers it within `waitMs`. */
  proofFor(leaf: number, options: { waitMs: number }): Promise<string | undefined>;
}

/** Glass that people broke, as decisions and the trail ask for it. */
export interface Emergencies {
  /** What is open to somebody for a patient now; undefined when nothing is. */
  readonly openFor: (principal: Principal, patient: string) => Emergency | undefined;
  /** Whether the view of the ledger is older than it may be: what is read in an emergency then says so. */
  readonly isStale: () => boolean;
  /** What was written down when it was broken; undefined when it is not known here. */
  readonly toldOf: (id: string) => Promise<BreakGlassFacts | undefined>;
  /** Whether this is the id of a Communication by which a patient was told. */
  readonly isNotice: (id: string) => boolean;
}

/** What one organisation's FHIR server is composed of; node supplies it. */
export interface FhirServices {
  readonly organisation: string;
  /** Absolute URL of the FHIR base, without a trailing slash. */
  readonly baseUrl: string;
  readonly vault: Vault;
  readonly authenticate: (header: string | undefined) => Promise<Principal>;
  /** The consents that speak of a patient of this organisation, newest state. */
  readonly consentsOf: (patient: string) => readonly CompiledConsent[];
  readonly policy: OrganisationPolicy;
  /** What is permitted no more, so that no answer leaves that was decided before. */
  readonly withdrawals?: Pick<Withdrawals, 'count' | 'since'>;
  /** What the records here say of those who ask; when left out nothing is known, and nobody asks for somebody else. */
  readonly affiliations?: Pick<Affiliations, 'groupsOf' | 'knownReading' | 'representations'>;
  readonly proofs: ProofSource;
  readonly consentPath: ConsentPath;
  /**
   * AuditEvents that the individuals they are about are not told of for the present (45 CFR 164.528(a)(2)); none when left out.
   * Whoever sees one patient only sees no list, count, version or receipt of them.
   */
  readonly isSuspended?: (event: StoredVersion) => boolean;
  /** Broken glass; nobody breaks any when left out. */
  readonly emergencies?: Emergencies;
  /** Seals why something was withheld into the trail; nothing is noted when left out. */
  readonly refusals?: Pick<RefusalSeal, 'seal'>;
  /** Operations of this room and of higher rooms, handed in by node (DESIGN §2). */
  readonly operations: readonly Operation[];
  /** Seals paging links: 32 bytes, stable across restarts. */
  readonly pagingKey: Uint8Array;
  /** Serialises conditional writes that name the same criteria. */
  readonly conditions: Exclusive;
  readonly now: () => Date;
  /** Told of faults that are ours; gets no health data. */
  readonly onFault: (error: unknown, requestId: string) => void;
}
