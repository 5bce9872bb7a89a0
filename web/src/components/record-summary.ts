import type { Contribution } from '../api/record.ts';
import type { NameOf } from './organisation-name.ts';

const WORDS: Record<string, string> = {
  partial: 'gave a part; the rest is not provable yet. Try again in a moment.',
  unavailable: 'could not be reached.',
  stale: 'could not tell how recent its view of consents is, and gave nothing.',
  'proof-failed': 'sent something that did not verify. It is not shown.',
};

/** Sentences on what could not be fetched, each once; empty when all was. `not-permitted` is no trouble: nothing is known there. */
export function troubles(contributions: readonly Contribution[], nameOf: NameOf): string[] {
  const sentences = contributions
    .filter(({ outcome }) => outcome !== 'complete' && outcome !== 'not-permitted')
    .map(
      ({ organisation, outcome }) => `${nameOf(organisation)} ${WORDS[outcome] ?? `answered ${outcome}.`}`,
    );
  return [...new Set(sentences)];
}
