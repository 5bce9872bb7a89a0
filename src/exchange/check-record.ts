import { type Primitives, VerificationCache, verifyReceipt } from '../proof/index.ts';
import { parseResource } from '../r4/index.ts';
import { ExchangeError } from './errors.ts';
import type { CarriedRecord } from './record-frame.ts';

/** What arriving records are checked against. */
export interface RecordTrust {
  /** Policy texts of this node's own view of membership, newest last. */
  readonly policies: readonly string[];
  readonly primitives: Primitives;
}

const refused = (message: string) => new ExchangeError('proof-failed', message);

function checkOne(
  record: CarriedRecord,
  custodian: string,
  baseUrl: string,
  trust: RecordTrust,
  cache: VerificationCache,
): void {
  const { primitives, policies } = trust;
  const verdict = verifyReceipt(JSON.parse(record.receipt), {
    policies,
    content: record.text,
    primitives,
    cache,
  });
  if (!verdict.ok) throw refused(`A receipt does not verify: ${verdict.code}.`);
  if (verdict.event.organisation !== custodian) throw refused('A receipt is of another organisation.');
  if (verdict.contentChecked !== 'checked') throw refused('A receipt does not commit to its content.');
  const { resource } = parseResource(record.text);
  const path = `${resource.resourceType}/${resource.id ?? ''}`;
  // A valid receipt of another record, or of an older version, must not pass for this one.
  if (verdict.event.object !== `${path}/_history/${resource.meta?.versionId ?? ''}`)
    throw refused('A receipt is of another version.');
  if (record.fullUrl !== `${baseUrl}/${path}`) throw refused('A record does not stand at its address.');
}

/**
 * Checks every record of a custodian on arrival: content, event, log, witnesses (DESIGN §1.3). Throws ExchangeError
 * `proof-failed` at the first that fails; then none of the answer is used.
 */
export function checkRecords(
  records: readonly CarriedRecord[],
  custodian: string,
  baseUrl: string,
  trust: RecordTrust,
): void {
  const cache = new VerificationCache();
  for (const record of records) {
    try {
      checkOne(record, custodian, baseUrl, trust, cache);
    } catch (error) {
      throw error instanceof ExchangeError
        ? error
        : new ExchangeError('proof-failed', 'A record cannot be checked.', error);
    }
  }
}
