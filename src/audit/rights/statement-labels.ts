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

/**
 * What a dispute is labelled with: it says of the record what the record says of the patient, so whom its labels keep out must not
 * read it here. Those of the record, stored and computed, of its parts too, in every version since the amendment was asked for; and
 * those of `stands`, the statement as it stands. Throws AuditError `out-of-order` for an erased record: nobody knows its labels.
 */
export async function statementLabels(
  { vault, labels }: Labelling,
  { object, received }: Pick<RightsRequest, 'object' | 'received'>,
  stands: StoredVersion | undefined,
): Promise<readonly LabelCoding[]> {
  assert(object !== undefined, 'an amendment names its record');
  const [type = '', id = ''] = object.split('/');
  const found = stands === undefined ? [] : labelsOf(labels, stands);
  let stored = await vault.read(type, id);
  while (stored !== undefined) {
    if (stored.erased === true)
      throw new AuditError('out-of-order', 'The record that this was about is erased, and is not disclosed.');
    found.push(...labelsOf(labels, stored));
    if (stored.version === 1 || stored.lastUpdated <= received) break;
    stored = await vault.read(type, id, stored.version - 1);
  }
  return highWaterMark([found]);
}

function labelsOf(rules: LabelRules, stored: StoredVersion): string[] {
  const { labels, parts = [] } = decidableFacts(rules, stored.facts);
  return [...labels, ...parts.flatMap((part) => part.labels)];
}
