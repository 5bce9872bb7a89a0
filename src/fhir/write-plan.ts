import type { Reader, VersionWrite } from '../vault/index.ts';
import type { Answer, Context } from './context.ts';

/** What a planned write comes to once the current state is locked and known. */
export interface Written {
  readonly answer: Answer;
  /** Absent when nothing changes: an equal update, a conditional create that matched, a repeated delete. */
  readonly version?: VersionWrite;
}

/**
 * A write split in two, so that one request and one entry of a transaction Bundle are the same code:
 * the locks it needs, and a synchronous step that sees the current state and yields the version.
 */
export interface WritePlan {
  readonly locks: readonly string[];
  readonly build: (read: Reader) => Written;
}

/** Lock name of a resource. */
export function resourceLock(type: string, id: string): string {
  return `${type}/${id}`;
}

/** Runs one plan in one commit, the request's AuditEvent included. */
export async function performWrite(context: Context, plan: WritePlan): Promise<Answer> {
  const { result } = await context.services.vault.transact(plan.locks, (read) => {
    const written = plan.build(read);
    noteWritten(context, written);
    const change = {
      versions: written.version === undefined ? [] : [written.version],
      audits: [context.audit(written.answer.status)],
    };
    return { change, result: written.answer };
  });
  context.trail.committed = true;
  return result;
}

/** Names what a write touched on the request's trail. */
export function noteWritten(context: Context, written: Written): void {
  if (written.version === undefined) return;
  const { type, id, version, patients } = written.version;
  context.trail.objects.add(`${type}/${id}/_history/${version}`);
  for (const patient of patients) context.trail.patients.add(patient);
}
