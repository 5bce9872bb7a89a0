import { IdentityError } from './errors.ts';
import type { Principal } from './principal.ts';

/** One request that must leave a trace, as this room sees it; the audit room makes the AuditEvent of it. */
export interface RecordedEvent {
  kind: 'sign-in' | 'administration' | 'enrolment' | 'consent' | 'access';
  /** `minor`: refused; `serious`: refused in a way that someone should look at. */
  outcome: 'success' | 'minor' | 'serious';
  action: 'C' | 'R' | 'U' | 'D' | 'E';
  subtype: string;
  principal?: Principal;
  /** Who claimed to ask, when nobody was established: a registered client's id, never free text. */
  agent?: string;
  /** Logical ids of the patients concerned. */
  patients: string[];
  objects: string[];
  consents?: string[];
  /** The stable code of a refusal. */
  detail?: string;
  source?: string;
  requestId: string;
}

/** Where requests are recorded. `record` resolves when the entry is durable; a request is answered only then. */
export interface Recorder {
  record(event: RecordedEvent): Promise<void>;
}

/** Records, or throws IdentityError `storage-full` or `not-recorded`: the caller must then not answer what was asked. */
export async function recordDurably(recorder: Recorder, event: RecordedEvent): Promise<void> {
  try {
    await recorder.record(event);
  } catch (cause) {
    const refusal = storageRefusal(cause);
    if (refusal instanceof IdentityError) throw refusal;
    throw new IdentityError('not-recorded', 'The request could not be recorded: ask again.', { cause });
  }
}

/** A full disk, from whichever room below it comes (their errors share the code `full`), as IdentityError `storage-full`; any other error unchanged. */
export function storageRefusal(error: unknown): unknown {
  if ((error as { code?: unknown } | undefined)?.code !== 'full') return error;
  return new IdentityError(
    'storage-full',
    'The disk is full: nothing was changed. Make room, then ask again.',
    { cause: error },
  );
}
