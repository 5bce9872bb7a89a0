import type { Change } from '../vault/index.ts';
import type { Context } from './context.ts';

/** Commits what a request brings about together with its AuditEvent; durable when resolved. Nothing to commit is no commit. */
export async function commitRequest(
  context: Context,
  status: number,
  change: Pick<Change, 'versions' | 'events'>,
): Promise<void> {
  const audits = context.audits(status);
  await context.services.vault.commit({ ...change, audits });
  if (audits.length > 0) context.trail.committed = true;
}
