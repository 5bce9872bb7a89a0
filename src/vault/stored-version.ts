import type { Event } from '../proof/index.ts';
import type { DecisionFacts } from '../r4/index.ts';

/** One version of a resource as the vault gives it back. */
export interface StoredVersion {
  readonly type: string;
  readonly id: string;
  /** From 1, without gaps. */
  readonly version: number;
  /** RFC 3339 UTC with milliseconds. */
  readonly lastUpdated: string;
  /** Canonical JSON, every digit as written; absent when deleted or erased. */
  readonly text?: string;
  /** What the consent decision needs of it, so that the text is not parsed for it. */
  readonly facts: DecisionFacts;
  /** Logical ids of the patients whose compartments it is in. */
  readonly patients: readonly string[];
  /** An AuditEvent that this node wrote about a request to it; absent for one that came from elsewhere and is a record like any other. */
  readonly recorded?: true;
  /** This version is a deletion. */
  readonly deleted?: true;
  /** The key is destroyed: only type, id and version are known; `patients` is empty. */
  readonly erased?: true;
}

/** The newest version's number, without its content. */
export interface Head {
  readonly version: number;
  readonly deleted?: true;
  readonly erased?: true;
}

/** What opens a log entry (FORMATS §2). */
export interface Opening {
  readonly event: Event;
  /** 32 bytes: opens the entry. */
  readonly salt: Uint8Array;
  /** 32 bytes: opens the content commitment; absent without content, or when the content's key is destroyed. */
  readonly contentSalt?: Uint8Array;
  /** Index in the organisation's log. */
  readonly leaf: number;
  /** What was committed to, where the vault keeps it and its key is not destroyed. */
  readonly content?: string;
}
