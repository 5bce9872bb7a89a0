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

/** Runs plans in one commit, the AuditEvent included unless `audit` says that it comes later. Nothing is written when one refuses. */
export async function commitPlans(
  context: Context,
  plans: readonly WritePlan[],
  options: { status?: number; audit?: 'later' } = {},
): Promise<Answer[]> {
  const locks = [...new Set(plans.flatMap((plan) => plan.locks))];
  const { result } = await context.services.vault.transact(locks, (read) => {
    const written = plans.map((plan) => plan.build(read));
    for (const each of written) noteWritten(context, each);
    const status = options.status ?? written[0]?.answer.status ?? 200;
    const audits = options.audit === 'later' ? [] : context.audits(status);
    const change = { versions: written.flatMap(({ version }) => version ?? []), audits };
    return { change, result: { answers: written.map(({ answer }) => answer), audited: audits.length > 0 } };
  });
  if (result.audited) context.trail.committed = true;
  return result.answers;
}

/** Runs one plan in one commit, the request's AuditEvent included. */
export async function performWrite(context: Context, plan: WritePlan): Promise<Answer> {
  const [answer] = await commitPlans(context, [plan]);
  if (answer === undefined) throw new Error('a plan has an answer');
  return answer;
}

/** Names what a write touched on the request's trail. */
function noteWritten({ trail }: Context, { version }: Written): void {
  if (version === undefined) return;
  trail.objects.add(`${version.type}/${version.id}/_history/${version.version}`);
  for (const patient of version.patients) trail.patients.add(patient);
}
