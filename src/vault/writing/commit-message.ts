import { VaultError, type VaultErrorCode } from '../error.ts';
import { seriesOf } from '../numbering.ts';
import type { AuditKeyOf } from './batch-assembly.ts';
import type { Group } from './group.ts';

/** What the committing thread opens a vault with. */
export interface CommitThreadOptions {
  /** The organisation's database, which the starting thread has open. */
  readonly path: string;
  readonly organisation: string;
  /** Of the log that entries are appended to. */
  readonly logOrigin: string;
  /** SQL that sets up the connection: its cache, and when it moves the write-ahead log into the file. */
  readonly setUp: string;
}

/** What is asked of the committing thread; `vault` is the number under which it knows one. */
export type CommitRequest =
  | { readonly kind: 'open'; readonly vault: number; readonly options: CommitThreadOptions }
  | {
      readonly kind: 'commit';
      readonly vault: number;
      readonly group: Group;
      /** Audit keys of the group's entries by number of their series. */
      readonly auditKeys: ReadonlyMap<number, Uint8Array>;
    }
  | { readonly kind: 'close'; readonly vault: number }
  /** No vault is left. */
  | { readonly kind: 'end' };

/** Why nothing was written. */
export interface CommitFailure {
  readonly code: VaultErrorCode | undefined;
  readonly message: string;
}

/** What it answers. An opening is answered only when it failed, a commit with the log index of the group's first entry. */
export type CommitReply = { readonly vault: number } & (
  | ({ readonly kind: 'not-opened' } & CommitFailure)
  | { readonly kind: 'committed'; readonly leaf: number }
  | ({ readonly kind: 'refused' } & CommitFailure)
  | { readonly kind: 'closed' }
);

/**
 * A group as it goes to another thread. Bytes get a buffer of their own: one that is a part of a larger buffer would take
 * all of that with it, other requests' bytes included.
 */
export function commitRequest(vault: number, group: Group, auditKey: AuditKeyOf): CommitRequest {
  const auditKeys = new Map<number, Uint8Array>();
  for (const { entry } of group.entries) {
    const series = seriesOf(entry);
    if (!auditKeys.has(series)) auditKeys.set(series, new Uint8Array(auditKey(entry)));
  }
  const sealed = <T extends { readonly sealed: Uint8Array | null }>(rows: readonly T[]): T[] =>
    rows.map((row) => ({ ...row, sealed: row.sealed === null ? null : new Uint8Array(row.sealed) }));
  return {
    kind: 'commit',
    vault,
    auditKeys,
    group: {
      ...group,
      entries: group.entries.map((entry) => ({ ...entry, commitment: new Uint8Array(entry.commitment) })),
      resources: group.resources.map((row) => ({ ...row, rows: new Uint8Array(row.rows) })),
      versions: sealed(group.versions),
      contents: sealed(group.contents),
      holds: sealed(group.holds),
    },
  };
}

/** A failure as it goes back from another thread. */
export function failureIn(error: unknown): CommitFailure {
  const message = error instanceof Error ? error.message : String(error);
  return { code: error instanceof VaultError ? error.code : undefined, message };
}

/** The error of a failure. */
export function errorOf({ code, message }: CommitFailure): Error {
  return code === undefined ? new Error(message) : new VaultError(code, message);
}
