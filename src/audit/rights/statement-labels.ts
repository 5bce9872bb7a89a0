import { strict as assert } from 'node:assert';
import { decidableFacts, highWaterMark, type LabelCoding, type LabelRules } from '../../consent/index.ts';
import type { StoredVersion, Vault } from '../../vault/index.ts';
import { AuditError } from '../errors.ts';
import type { RightsRequest } from './rights-request.ts';

/** Where what a statement says is labelled from. */
export interface Labelling {
  readonly vault: Pick<Vault, 'read'>;
  /** What makes data sensitive here. */
  readonly labels: LabelRules;
}

/** What a record was labelled with since an amendment of it was asked for. */
export interface RecordLabels {
  /** The newest version that is in it; 0 for none. */
  readonly version: number;
  /** As `system|code`. */
  readonly labels: readonly string[];
}

/** Where nothing was read yet. */
export const NO_LABELS: RecordLabels = { version: 0, labels: [] };

/**
 * The labels of the record that a dispute is about, stored and computed, of its parts too, in every version since the amendment was asked
 * for. Reads the versions since `known` only. Throws AuditError `out-of-order` for an erased record: nobody knows its labels.
 */
export async function recordLabels(
  { vault, labels }: Labelling,
  { object, received }: Pick<RightsRequest, 'object' | 'received'>,
  known: RecordLabels = NO_LABELS,
): Promise<RecordLabels> {
  assert(object !== undefined, 'an amendment names its record');
  const [type = '', id = ''] = object.split('/');
  const newest = await vault.read(type, id);
  const found = new Set(known.labels);
  for (let stored = newest; stored !== undefined; stored = await vault.read(type, id, stored.version - 1)) {
    if (stored.erased === true)
      throw new AuditError('out-of-order', 'The record that this was about is erased, and is not disclosed.');
    if (stored.version <= known.version) break;
    for (const label of labelsOf(labels, stored)) found.add(label);
    if (stored.version === 1 || stored.lastUpdated <= received) break;
  }
  return { version: newest?.version ?? known.version, labels: [...found] };
}

/**
 * What a dispute is labelled with: it says of the record what the record says of the patient, so whom its labels keep out must not
 * read it here. Those of the record, and those of `stands`, the statement as it stands.
 */
export function statementLabels(
  rules: LabelRules,
  record: RecordLabels,
  stands: StoredVersion | undefined,
): readonly LabelCoding[] {
  return highWaterMark([[...record.labels, ...(stands === undefined ? [] : labelsOf(rules, stands))]]);
}

function labelsOf(rules: LabelRules, stored: StoredVersion): string[] {
  const { labels, parts = [] } = decidableFacts(rules, stored.facts);
  return [...labels, ...parts.flatMap((part) => part.labels)];
}
