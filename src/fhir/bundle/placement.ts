import { randomId } from '../../crypto/index.ts';
import type { Shown } from '../access.ts';
import type { Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { conditionalTarget, type UpdateTarget } from '../interactions/update.ts';
import { type Prepared, parsed, requireSameId } from '../prepared.ts';
import { type Condition, condition } from '../search/criteria.ts';
import { matchOne } from '../search/match-one.ts';
import { refuseProtected } from '../write-answer.ts';
import type { EntryRequest } from './bundle-request.ts';
import { atEntry, atEntryAsync } from './entry-refusal.ts';

/** What an entry of a transaction does, and where. */
export type Placed = { readonly entry: EntryRequest } & (
  | { readonly does: 'create'; readonly prepared: Prepared; readonly id: string }
  /** A conditional create that matched: nothing is written. */
  | { readonly does: 'find'; readonly prepared: Prepared; readonly match: Shown & { text: string } }
  | { readonly does: 'update'; readonly prepared: Prepared; readonly target: UpdateTarget }
  | { readonly does: 'delete'; readonly type: string; readonly id: string }
  | { readonly does: 'read' }
);

const UUID_URL = /^urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** Order of processing (FHIR R4 §transaction processing rules). */
const ORDER: Record<string, number> = { DELETE: 0, POST: 1, PUT: 2, GET: 3, HEAD: 3 };

/** Entries in the order in which a transaction processes them. */
export function inOrder(entries: readonly EntryRequest[]): EntryRequest[] {
  return entries.toSorted((a, b) => (ORDER[a.method] ?? 0) - (ORDER[b.method] ?? 0) || a.index - b.index);
}

/** The condition of a conditional create or update; undefined for any other entry. Throws FhirError. */
export function conditionOf(context: Context, entry: EntryRequest): Condition | undefined {
  const { interaction, ifNoneExist, criteria } = entry;
  return atEntry(entry.index, () => {
    if (interaction.kind === 'create' && ifNoneExist !== undefined)
      return condition(context, interaction.type, ifNoneExist);
    return interaction.kind === 'conditional-update'
      ? condition(context, interaction.type, criteria)
      : undefined;
  });
}

function preparedOf(context: Context, entry: EntryRequest, type: string): Prepared {
  if (entry.body === undefined)
    throw new FhirError('invalid', 'This entry needs a resource.', { expression: 'resource' });
  const prepared = parsed(entry.body);
  if (type !== prepared.type)
    throw new FhirError('type-mismatch', `The resource is a ${prepared.type}, the URL says ${type}.`, {
      expression: 'resource',
    });
  refuseProtected(type, context.importing);
  if (!context.importing) refuseConsent(type);
  return prepared;
}

function refuseConsent(type: string): void {
  if (type === 'Consent')
    throw new FhirError(
      'method-not-allowed',
      'A Consent cannot be part of a transaction: its ledger part cannot be rolled back.',
      { expression: 'resource' },
    );
}

/** A new id; in an import the entry's own, so that importing again changes nothing. */
function createId(context: Context, entry: EntryRequest, prepared: Prepared): string {
  if (!context.importing) return randomId();
  return prepared.resource.id ?? UUID_URL.exec(entry.fullUrl ?? '')?.[1]?.toLowerCase() ?? randomId();
}

/** Finds out what one entry does and to which resource. Throws FhirError naming the entry. */
export function place(context: Context, entry: EntryRequest, wanted: Condition | undefined): Promise<Placed> {
  return atEntryAsync(entry.index, async (): Promise<Placed> => {
    const { interaction, ifMatch, ifNoneMatch } = entry;
    if (interaction.kind === 'delete') {
      refuseConsent(interaction.type);
      return { entry, does: 'delete', type: interaction.type, id: interaction.id };
    }
    if (
      interaction.kind !== 'create' &&
      interaction.kind !== 'update' &&
      interaction.kind !== 'conditional-update'
    )
      return { entry, does: 'read' };
    const prepared = preparedOf(context, entry, interaction.type);
    const conditions = { ifMatch, ifNoneMatch };
    if (interaction.kind === 'update') {
      requireSameId(prepared, interaction.id);
      return { entry, does: 'update', prepared, target: { ...conditions, id: interaction.id } };
    }
    const match = wanted === undefined ? undefined : await matchOne(context, wanted);
    if (interaction.kind === 'conditional-update')
      return {
        entry,
        does: 'update',
        prepared,
        target: { ...conditions, ...conditionalTarget(prepared, match) },
      };
    return match?.text === undefined
      ? { entry, does: 'create', prepared, id: createId(context, entry, prepared) }
      : { entry, does: 'find', prepared, match: { ...match, text: match.text } };
  });
}

/** `Type/id` that an entry stands for; undefined for a read. */
export function targetOf(placed: Placed): string | undefined {
  switch (placed.does) {
    case 'create':
      return `${placed.prepared.type}/${placed.id}`;
    case 'find':
      return `${placed.match.type}/${placed.match.id}`;
    case 'update':
      return `${placed.prepared.type}/${placed.target.id}`;
    case 'delete':
      return `${placed.type}/${placed.id}`;
    case 'read':
      return undefined;
  }
}

/** Throws FhirError when two entries stand for one resource (FHIR R4 §transaction: identities must not overlap); several may find it. */
export function requireDistinct(placed: readonly Placed[]): void {
  const seen = new Map<string, Placed['does']>();
  for (const each of placed) {
    const target = targetOf(each);
    if (target === undefined) continue;
    const before = seen.get(target);
    if (before !== undefined && (before !== 'find' || each.does !== 'find'))
      throw new FhirError('invalid', 'A transaction names one resource twice.', {
        expression: `Bundle.entry[${each.entry.index}]`,
      });
    seen.set(target, each.does);
  }
}
