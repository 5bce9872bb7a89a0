import { randomId } from '../../crypto/index.ts';
import type { Reader, StoredVersion, VersionWrite } from '../../vault/index.ts';
import type { Answer, Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { planCreate } from '../interactions/create.ts';
import { planDelete } from '../interactions/delete.ts';
import { planUpdate } from '../interactions/update.ts';
import { type Prepared, parsed, requireValid } from '../prepared.ts';
import { matchOne } from '../search/match-one.ts';
import { noteWritten, type WritePlan } from '../write-plan.ts';
import type { EntryRequest } from './bundle-request.ts';
import { ReferenceTable } from './references.ts';
import { responseBundle } from './response.ts';

/** One entry with the place it will take. */
interface Placed {
  readonly entry: EntryRequest;
  readonly prepared?: Prepared;
  readonly id?: string;
  /** A conditional create that matched: nothing is written. */
  readonly existing?: { id: string; version: number };
}

/** Order of processing (FHIR R4 §transaction processing rules). */
const ORDER: Record<string, number> = { DELETE: 0, POST: 1, PUT: 2, GET: 3, HEAD: 3 };

function preparedOf(context: Context, entry: EntryRequest): Prepared {
  const at = `Bundle.entry[${entry.index}].resource`;
  if (entry.body === undefined)
    throw new FhirError('invalid', 'This entry needs a resource.', { expression: at });
  const prepared = parsed(entry.body);
  const type = 'type' in entry.interaction ? entry.interaction.type : undefined;
  if (type !== prepared.type)
    throw new FhirError('type-mismatch', `The resource is a ${prepared.type}, the URL says ${type}.`, {
      expression: at,
    });
  if (prepared.type === 'Consent' && !context.importing) {
    throw new FhirError(
      'method-not-allowed',
      'A Consent cannot be part of a transaction: its ledger part cannot be rolled back.',
      { expression: at },
    );
  }
  return prepared;
}

const UUID_URL = /^urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** A new id; in an import the entry's own, so that importing again changes nothing. */
function createId(context: Context, entry: EntryRequest, prepared: Prepared): string {
  if (!context.importing) return randomId();
  return prepared.resource.id ?? UUID_URL.exec(entry.fullUrl ?? '')?.[1]?.toLowerCase() ?? randomId();
}

async function place(context: Context, entry: EntryRequest): Promise<Placed> {
  const { interaction } = entry;
  if (interaction.kind === 'create') {
    const prepared = preparedOf(context, entry);
    const existing =
      entry.ifNoneExist === undefined
        ? undefined
        : await matchOne(context, interaction.type, entry.ifNoneExist);
    return existing === undefined
      ? { entry, prepared, id: createId(context, entry, prepared) }
      : { entry, prepared, id: existing.id, existing };
  }
  if (interaction.kind === 'update')
    return { entry, prepared: preparedOf(context, entry), id: interaction.id };
  if (interaction.kind === 'conditional-update') {
    const prepared = preparedOf(context, entry);
    const match = await matchOne(context, interaction.type, entry.criteria);
    return { entry, prepared, id: match?.id ?? prepared.resource.id ?? randomId() };
  }
  if (interaction.kind === 'delete' && interaction.type === 'Consent') {
    throw new FhirError(
      'method-not-allowed',
      'A Consent cannot be part of a transaction: its ledger part cannot be rolled back.',
    );
  }
  return { entry };
}

function planOf(context: Context, placed: Placed, references: ReferenceTable): WritePlan | undefined {
  const { entry, prepared, id, existing } = placed;
  if (entry.interaction.kind === 'delete')
    return planDelete(context, entry.interaction.type, entry.interaction.id, entry.ifMatch);
  if (prepared === undefined || id === undefined) return undefined;
  if (existing !== undefined) {
    const location = `${context.services.baseUrl}/${prepared.type}/${existing.id}/_history/${existing.version}`;
    return { locks: [], build: () => ({ answer: { status: 200, headers: { location } } }) };
  }
  const rewritten = references.rewrite(prepared);
  requireValid(rewritten);
  // Imported again, an entry is there already under the id it keeps.
  return entry.interaction.kind === 'create' && !context.importing
    ? planCreate(context, rewritten, id)
    : planUpdate(context, rewritten, id, entry.ifMatch);
}

/** Refuses a Bundle that writes one resource twice (FHIR R4 §transaction: identities must not overlap). */
function requireDistinct(placed: readonly Placed[]): void {
  const seen = new Set<string>();
  for (const { entry, prepared, id, existing } of placed) {
    const type = prepared?.type ?? (entry.interaction.kind === 'delete' ? entry.interaction.type : undefined);
    const target = id ?? (entry.interaction.kind === 'delete' ? entry.interaction.id : undefined);
    if (type === undefined || target === undefined || existing !== undefined) continue;
    if (seen.has(`${type}/${target}`))
      throw new FhirError('invalid', 'A transaction names one resource twice.', {
        expression: `Bundle.entry[${entry.index}]`,
      });
    seen.add(`${type}/${target}`);
  }
}

/** All writes in one commit, or none; then the reads, on the new state. */
export async function transaction(
  context: Context,
  entries: readonly EntryRequest[],
  answerRead: (entry: EntryRequest) => Promise<Answer>,
): Promise<Answer> {
  context.trail.action = 'E';
  context.trail.subtype = 'transaction';
  const ordered = [...entries].sort(
    (a, b) => (ORDER[a.method] ?? 0) - (ORDER[b.method] ?? 0) || a.index - b.index,
  );
  const placed: Placed[] = [];
  for (const entry of ordered) placed.push(await place(context, entry));
  requireDistinct(placed);
  const references = new ReferenceTable();
  for (const { entry, prepared, id } of placed) {
    if (entry.fullUrl !== undefined && prepared !== undefined)
      references.add(entry.fullUrl, `${prepared.type}/${id}`);
  }
  await references.resolveConditional(
    context,
    placed.flatMap((each) => (each.prepared === undefined ? [] : [each.prepared])),
  );
  const plans = placed.map((each) => ({ entry: each.entry, plan: planOf(context, each, references) }));
  const answers = new Map<number, Answer>();
  const locks = [...new Set(plans.flatMap(({ plan }) => plan?.locks ?? []))];
  if (locks.length > 0) await commitAll(context, plans, locks, answers);
  for (const { entry, plan } of plans) {
    if (plan === undefined) answers.set(entry.index, await answerRead(entry));
    else if (!answers.has(entry.index)) answers.set(entry.index, plan.build(emptyReader).answer);
  }
  return responseBundle(
    'transaction-response',
    entries.map((entry) => answers.get(entry.index)),
  );
}

/** Plans without locks never look at state. */
const emptyReader: Reader = { head: () => undefined, read: (): StoredVersion | undefined => undefined };

async function commitAll(
  context: Context,
  plans: readonly { entry: EntryRequest; plan: WritePlan | undefined }[],
  locks: readonly string[],
  answers: Map<number, Answer>,
): Promise<void> {
  await context.services.vault.transact(locks, (read) => {
    const versions: VersionWrite[] = [];
    for (const { entry, plan } of plans) {
      if (plan === undefined) continue;
      const written = atEntry(entry, () => plan.build(read));
      noteWritten(context, written);
      answers.set(entry.index, written.answer);
      if (written.version !== undefined) versions.push(written.version);
    }
    return { change: { versions, audits: [context.audit(200)] }, result: undefined };
  });
  context.trail.committed = true;
}

/** Names the entry in a refusal. */
function atEntry<T>(entry: EntryRequest, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    throw new FhirError(error.code, error.message, {
      issues: error.issues.map((issue) => ({ ...issue, expression: `Bundle.entry[${entry.index}]` })),
    });
  }
}
