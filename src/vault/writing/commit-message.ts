import { VaultError, type VaultErrorCode } from '../error.ts';
import { seriesOf } from '../numbering.ts';
import type { AuditKeyOf } from './batch-assembly.ts';
import type { Group } from './group.ts';

/** What a committing thread is started with. */
export interface CommitThreadOptions {
  /** The organisation's database, which the starting thread has open. */
  readonly path: string;
  readonly organisation: string;
  /** Of the log that entries are appended to. */
  readonly logOrigin: string;
  /** SQL that sets up the connection: its cache, and when it moves the write-ahead log into the file. */
  readonly setUp: string;
}

/** What is asked of a committing thread. */
export type CommitRequest =
  | {
      readonly kind: 'commit';
      readonly group: Group;
      /** Audit keys of the group's entries by number of their series. */
      readonly auditKeys: ReadonlyMap<number, Uint8Array>;
    }
  | { readonly kind: 'close' };

/** What it answers: the log index of the group's first entry, or why nothing was written. */
export type CommitReply =
  | { readonly ok: true; readonly leaf: number }
  | { readonly ok: false; readonly code: VaultErrorCode | undefined; readonly message: string };

/**
 * A group as it goes to another thread. Bytes get a buffer of their own: one that is a part of a larger buffer would take
 * all of that with it, other requests' bytes included.
 */
export function commitRequest(group: Group, auditKey: AuditKeyOf): CommitRequest {
  const auditKeys = new Map<number, Uint8Array>();
  for (const { entry } of group.entries) {
    const series = seriesOf(entry);
    if (!auditKeys.has(series)) auditKeys.set(series, new Uint8Array(auditKey(entry)));
  }
  const sealed = <T extends { readonly sealed: Uint8Array | null }>(rows: readonly T[]): T[] =>
    rows.map((row) => ({ ...row, sealed: row.sealed === null ? null : new Uint8Array(row.sealed) }));
  return {
    kind: 'commit',
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

/** A failure as it comes back from another thread. */
export function failureReply(error: unknown): CommitReply {
  const message = error instanceof Error ? error.message : String(error);
  return { ok: false, code: error instanceof VaultError ? error.code : undefined, message };
}

/** The failure of a reply. */
export function failureOf({ code, message }: Extract<CommitReply, { ok: false }>): Error {
  return code === undefined ? new Error(message) : new VaultError(code, message);
}
