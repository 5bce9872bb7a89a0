import type { BundleEntry } from '../fhir/index.ts';
import type { ExchangeOutcome, Part2Notice } from './record-frame.ts';

const WORDS: Record<ExchangeOutcome, string> = {
  complete: 'Everything that is permitted.',
  partial: 'Part of what is permitted: the rest could not be had, or proved, in time.',
  'not-permitted': 'Nothing is permitted, or nothing here says that this organisation knows the patient.',
  unavailable: 'The organisation could not be reached.',
  stale: 'It cannot be told how recent the view of the ledger is.',
  'proof-failed': 'What arrived did not verify and is not shown.',
};

/** The notice of 42 CFR 2.32 and the scope of the consent, as whoever reads the Bundle gets to see them. */
function noticeIssue({ text, scope }: Part2Notice): object {
  const coding = [{ system: 'urn:holdfast:notice', code: '42CFRPart2' }];
  return {
    severity: 'information',
    code: 'informational',
    details: { coding, text },
    diagnostics: scope,
  };
}

/** What became of asking one organisation, with the notices that accompany what it sent. */
export function outcomeEntry(
  organisation: string,
  outcome: ExchangeOutcome,
  notices: readonly Part2Notice[],
): BundleEntry {
  const good = outcome === 'complete';
  const coding = [
    { system: 'urn:holdfast:exchange-outcome', code: outcome },
    { system: 'urn:holdfast:organisation', code: organisation },
  ];
  const issue = {
    severity: good ? 'information' : 'warning',
    code: good ? 'informational' : 'incomplete',
    details: { coding, text: WORDS[outcome] },
  };
  const resource = JSON.stringify({
    resourceType: 'OperationOutcome',
    id: organisation,
    issue: [issue, ...notices.map(noticeIssue)],
  });
  return { resource, mode: 'outcome' };
}
