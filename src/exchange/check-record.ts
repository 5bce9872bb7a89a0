import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Primitives, VerificationCache, verifyReceipt } from '../proof/index.ts';
import { type DecisionFacts, decisionFacts, parseResource } from '../r4/index.ts';
import { ExchangeError } from './errors.ts';
import type { CarriedRecord } from './record-frame.ts';

/** Records checked between two turns of the event loop. */
const CHECKED_AT_ONCE = 50; // about 10 ms, so that other requests are served meanwhile
/** Kinds of events whose receipts may carry a record: a version, or what was released of one. */
const KINDS: ReadonlySet<string> = new Set(['fhir.version', 'disclosure']);

/** What arriving records are checked against. */
export interface RecordTrust {
  /** Policy texts of this node's own view of membership, newest last. */
  readonly policies: readonly string[];
  readonly primitives: Primitives;
}

/** A record whose receipt holds, with what the decision needs of it. */
export type CheckedRecord = CarriedRecord & { readonly facts: DecisionFacts };

const refused = (message: string) => new ExchangeError('proof-failed', message);

function checkOne(
  record: CarriedRecord,
  custodian: string,
  baseUrl: string,
  { primitives, policies }: RecordTrust,
  cache: VerificationCache,
): CheckedRecord {
  const content = record.text;
  const verdict = verifyReceipt(JSON.parse(record.receipt), { policies, content, primitives, cache });
  if (!verdict.ok) throw refused(`A receipt does not verify: ${verdict.code}.`);
  const { event, contentChecked } = verdict;
  if (event.organisation !== custodian) throw refused('A receipt is of another organisation.');
  if (contentChecked !== 'checked') throw refused('A receipt does not commit to its content.');
  if (!KINDS.has(event.kind)) throw refused('A receipt is not of a record.');
  const { resource } = parseResource(content);
  const path = `${resource.resourceType}/${resource.id ?? ''}`;
  // A valid receipt of another record, or of an older version, must not pass for this one.
  if (event.object !== `${path}/_history/${resource.meta?.versionId ?? ''}`)
    throw refused('A receipt is of another version.');
  if (record.fullUrl !== `${baseUrl}/${path}`) throw refused('A record does not stand at its address.');
  const facts = decisionFacts(resource);
  return { ...record, facts: { ...facts, labels: [...new Set([...facts.labels, ...record.labels])] } };
}

/**
 * Checks every record of a custodian on arrival: content, event, log, witnesses (DESIGN §1.3). Throws ExchangeError
 * `proof-failed` at the first that fails; then none of the answer is used.
 */
export async function checkRecords(
  records: readonly CarriedRecord[],
  custodian: string,
  baseUrl: string,
  trust: RecordTrust,
): Promise<CheckedRecord[]> {
  const cache = new VerificationCache();
  const checked: CheckedRecord[] = [];
  for (const record of records) {
    try {
      checked.push(checkOne(record, custodian, baseUrl, trust, cache));
    } catch (error) {
      throw error instanceof ExchangeError
        ? error
        : new ExchangeError('proof-failed', 'A record cannot be checked.', error);
    }
    if (checked.length % CHECKED_AT_ONCE === 0) await nextTurn();
  }
  return checked;
}
