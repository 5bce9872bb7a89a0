import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Answer, type Context, entryContext } from '../context.ts';
import { FhirError } from '../errors.ts';
import { planCreate } from '../interactions/create.ts';
import { planDelete } from '../interactions/delete.ts';
import { planUpdate } from '../interactions/update.ts';
import { requireValid } from '../prepared.ts';
import type { Condition } from '../search/criteria.ts';
import { absorb } from '../trail.ts';
import { asFhirError } from '../translate.ts';
import { matchedAnswer } from '../write-answer.ts';
import { commitPlans, type WritePlan } from '../write-plan.ts';
import type { EntryRequest } from './bundle-request.ts';
import { atEntry, atEntryAsync } from './entry-refusal.ts';
import { conditionOf, inOrder, type Placed, place, requireDistinct, targetOf } from './placement.ts';
import { checkRead } from './read-entry.ts';
import { ReferenceTable } from './references.ts';
import { type AnswerEntry, refusedAnswer } from './response.ts';

/** Entries validated and indexed between two turns of the event loop. */
const PLANNED_AT_ONCE = 20; // about 20 ms, so that other requests are served meanwhile

interface Conditional {
  readonly entry: EntryRequest;
  readonly wanted: Condition | undefined;
}

/** What entries are conditional on. Throws FhirError when two have one condition: both could make the resource. */
function conditionals(context: Context, entries: readonly EntryRequest[]): Conditional[] {
  const seen = new Set<string>();
  return entries.map((entry) => {
    const wanted = conditionOf(context, entry);
    if (wanted !== undefined && seen.has(wanted.key))
      throw new FhirError('invalid', 'Two entries have the same condition.', {
        expression: `Bundle.entry[${entry.index}].request`,
      });
    if (wanted !== undefined) seen.add(wanted.key);
    return { entry, wanted };
  });
}

/** Takes the names in order, so that two Bundles never wait for each other in a circle. */
function exclusively<T>(context: Context, names: readonly string[], work: () => Promise<T>): Promise<T> {
  const [first, ...rest] = names;
  if (first === undefined) return work();
  return context.services.conditions.exclusively(first, () => exclusively(context, rest, work));
}

async function referencesIn(context: Context, placed: readonly Placed[]): Promise<ReferenceTable> {
  const references = new ReferenceTable();
  for (const each of placed) {
    const { index, fullUrl } = each.entry;
    const target = targetOf(each);
    if (fullUrl !== undefined && target !== undefined && 'prepared' in each)
      atEntry(index, () => references.add(fullUrl, target));
  }
  for (const each of placed) {
    if (each.does !== 'create' && each.does !== 'update') continue;
    await atEntryAsync(each.entry.index, () => references.resolveConditional(context, [each.prepared]));
  }
  return references;
}

function planOf(context: Context, placed: Placed, references: ReferenceTable): WritePlan | undefined {
  switch (placed.does) {
    case 'read':
      return undefined;
    case 'find': {
      const { match } = placed;
      return { locks: [], build: () => ({ answer: matchedAnswer(context, match) }) };
    }
    case 'delete':
      return planDelete(context, placed.type, placed.id, placed.entry.ifMatch);
  }
  const prepared = references.rewrite(placed.prepared, placed.entry.fullUrl);
  requireValid(prepared);
  if (placed.does === 'update') return planUpdate(context, prepared, placed.target.id, placed.target);
  // Imported again, an entry is there already under the id it keeps.
  return context.importing
    ? planUpdate(context, prepared, placed.id, {})
    : planCreate(context, prepared, placed.id);
}

interface Planned {
  readonly index: number;
  readonly plan: WritePlan;
}

async function plansOf(context: Context, placed: readonly Placed[]): Promise<Planned[]> {
  const references = await referencesIn(context, placed);
  const planned: Planned[] = [];
  for (const each of placed) {
    const { index } = each.entry;
    const plan = atEntry(index, () => planOf(context, each, references));
    if (plan === undefined) continue;
    const build: WritePlan['build'] = (read) => atEntry(index, () => plan.build(read));
    if (planned.push({ index, plan: { locks: plan.locks, build } }) % PLANNED_AT_ONCE === 0) await nextTurn();
  }
  return planned;
}

async function execute(
  context: Context,
  conditional: readonly Conditional[],
  answerEntry: AnswerEntry,
): Promise<Answer[]> {
  const placed: Placed[] = [];
  for (const { entry, wanted } of conditional) placed.push(await place(context, entry, wanted));
  requireDistinct(placed);
  const planned = await plansOf(context, placed);
  const reads = placed.flatMap(({ does, entry }) => (does === 'read' ? [entry] : []));
  const answers: Answer[] = [];
  if (planned.length > 0) {
    const plans = planned.map(({ plan }) => plan);
    // What the reads disclose stands in the AuditEvent too: with any, it is committed after them.
    const audit = reads.length > 0 ? { audit: 'later' as const } : {};
    // Finding, planning and waiting for others with the same condition take their time.
    await context.requireToken();
    const written = await commitPlans(context, plans, { status: 200, ...audit });
    for (const [at, { index }] of planned.entries()) answers[index] = written[at] ?? refusedAnswer(missing());
  }
  for (const entry of reads) answers[entry.index] = await readAfter(context, entry, answerEntry);
  return answers;
}

function missing(): FhirError {
  return new FhirError('internal', 'The entry has no answer.');
}

/** A read on the new state. The writes stand by now, so that a read which finds nothing is refused alone. */
async function readAfter(context: Context, entry: EntryRequest, answerEntry: AnswerEntry): Promise<Answer> {
  const own = entryContext(context, {});
  try {
    const answer = await answerEntry(own, entry);
    absorb(context.trail, own.trail);
    return answer;
  } catch (error) {
    return refusedAnswer(asFhirError(error, context));
  }
}

/**
 * Executes the entries of a transaction (FHIR R4 §http-transaction): all writes in one commit or none; then the reads, on the new
 * state. Answers stand in the order of the entries. Throws FhirError naming the entry that does not go.
 */
export async function transaction(
  context: Context,
  entries: readonly EntryRequest[],
  answerEntry: AnswerEntry,
): Promise<Answer[]> {
  for (const entry of entries) atEntry(entry.index, () => checkRead(context, entry));
  const conditional = conditionals(context, inOrder(entries));
  const names = conditional.flatMap(({ wanted }) => wanted?.key ?? []).sort();
  return exclusively(context, names, () => execute(context, conditional, answerEntry));
}
