import { ExchangeError } from './errors.ts';

/** How far a custodian's answer reaches (FORMATS §6). */
export type ExchangeOutcome =
  | 'complete'
  | 'partial'
  | 'not-permitted'
  | 'unavailable'
  | 'stale'
  | 'proof-failed';

/** One record version on its way, text and receipt untouched. */
export interface CarriedRecord {
  readonly fullUrl: string;
  /** JSON text of the receipt. */
  readonly receipt: string;
  /** Canonical JSON text of the version: one line, digits as stored. */
  readonly text: string;
}

/**
 * A record as lines: a head, then for each version one line of `{ fullUrl, receipt }` and one of its text. Texts are
 * never parsed and written anew on the way, so that decimals keep their digits and receipts their content.
 */
export function frameRecord(outcome: ExchangeOutcome, records: readonly CarriedRecord[]): string {
  const lines = [JSON.stringify({ type: 'holdfast/record/v1', outcome, count: records.length })];
  for (const { fullUrl, receipt, text } of records) {
    lines.push(`{"fullUrl":${JSON.stringify(fullUrl)},"receipt":${receipt}}`, text);
  }
  return lines.join('\n');
}

const malformed = (cause?: unknown) =>
  new ExchangeError('proof-failed', 'The record of the member is malformed.', cause);

/** Reads what {@link frameRecord} wrote. Throws ExchangeError `proof-failed` on anything else, a cut one included. */
export function parseRecord(framed: string): { outcome: ExchangeOutcome; records: CarriedRecord[] } {
  const [first = '', ...lines] = framed.split('\n');
  try {
    const head = JSON.parse(first) as { type?: unknown; outcome?: unknown; count?: unknown };
    if (head.type !== 'holdfast/record/v1' || (head.outcome !== 'complete' && head.outcome !== 'partial'))
      throw malformed();
    if (head.count !== lines.length / 2) throw malformed();
    const records: CarriedRecord[] = [];
    for (let at = 0; at < lines.length; at += 2) {
      const { fullUrl, receipt } = JSON.parse(lines[at] ?? '') as { fullUrl?: unknown; receipt?: unknown };
      if (typeof fullUrl !== 'string' || typeof receipt !== 'object') throw malformed();
      records.push({ fullUrl, receipt: JSON.stringify(receipt), text: lines[at + 1] ?? '' });
    }
    return { outcome: head.outcome, records };
  } catch (error) {
    if (error instanceof ExchangeError) throw error;
    throw malformed(error);
  }
}
