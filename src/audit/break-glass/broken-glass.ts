import type { Emergency, EmergencyReason } from '../../consent/index.ts';

/** How long broken glass stays open when nobody says otherwise. */
export const DEFAULT_MINUTES = 60; // stabilising somebody and handing them over
/** The longest it stays open; whoever needs more breaks it again, with a reason. */
export const MAX_MINUTES = 240; // half a shift: nobody keeps a record open over a weekend
export const MINUTE_MS = 60_000; // in a minute
/** {@link MAX_MINUTES} in milliseconds. */
export const MAX_OPEN_MS = MAX_MINUTES * MINUTE_MS;

/** Who broke the glass (42 CFR 2.51(c)(1)): medical personnel, and where they work. */
export interface Breaker {
  /** Reference of the person at their organisation, such as `Practitioner/12`. */
  readonly person: string;
  readonly name: string;
  /** Id of their organisation. */
  readonly organisation: string;
  /** Name of their organisation: the affiliation. */
  readonly affiliation: string;
}

/** What came of looking into it. */
export interface BreakGlassReview {
  readonly outcome: 'justified' | 'violation';
  readonly note: string;
  readonly reviewer: string;
  readonly at: string;
}

/** What is written down of broken glass: the facts of 42 CFR 2.51(c), and how it went on. Health data: sealed under the patient's key. */
export interface BreakGlassFacts {
  readonly breaker: Breaker;
  /** Name of who made the disclosure (42 CFR 2.51(c)(2)). */
  readonly discloser: string;
  /** The nature of the emergency (42 CFR 2.51(c)(4)), in words. */
  readonly text: string;
  readonly review?: BreakGlassReview;
}

/** What is kept beside the sealed facts: enough to decide and to list without opening them. */
export interface BrokenGlass {
  readonly id: string;
  /** Logical id of the patient here. */
  readonly patient: string;
  readonly reason: EmergencyReason;
  /** Who has it open, as the decision knows them: a person here, or a member and its own id of the glass. */
  readonly holder: string;
  /** The member that asked with it; absent for the organisation's own people. */
  readonly member?: string;
  readonly opened: string;
  readonly until: string;
  /** The view of the ledger was older than it may be when it was broken. */
  readonly stale: boolean;
  readonly status: 'to-review' | 'reviewed';
  /** Ids of its log entries, oldest first; the newest holds the facts. */
  readonly events: readonly string[];
}

/** Broken glass as an officer reads it; without facts once the patient is erased. */
export type ListedBreakGlass = BrokenGlass & { readonly facts?: BreakGlassFacts };

/** Broken glass as the decision takes it. */
export function asEmergency({ id, patient, reason, opened, until }: BrokenGlass): Emergency {
  return { id, patient, reason, fromMs: Date.parse(opened), untilMs: Date.parse(until) };
}
