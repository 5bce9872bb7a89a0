import { canonicalize } from '../../proof/index.ts';
import { compartments, decisionFacts, extractIndex, parseResource } from '../../r4/index.ts';
import type { VersionWrite } from '../../vault/index.ts';
import type { RightsRequest } from './rights-request.ts';

/** What a Communication is headed with, by the step that its text is of. */
const HEADINGS = {
  received: 'The individual asked for this amendment',
  denied: 'The organisation denied it',
  disagreed: 'The individual’s statement of disagreement',
  rebutted: 'The organisation’s rebuttal',
} as const;

/**
 * A disputed amendment as a Communication about the record in question, in the patient's compartment: linked to the record
 * (45 CFR 164.526(d)(4)), it goes with every later disclosure of the compartment (164.526(d)(5)(i)). A rebuttal is its second
 * version.
 */
export function statementOf(request: RightsRequest, version: number, now: Date, actor: string): VersionWrite {
  const lastUpdated = now.toISOString();
  const payload = request.steps.flatMap(({ what, text, at }) =>
    what in HEADINGS
      ? [{ contentString: `${HEADINGS[what as keyof typeof HEADINGS]} (${at.slice(0, 10)}): ${text}` }]
      : [],
  );
  const { resource, text } = parseResource(
    canonicalize({
      resourceType: 'Communication',
      id: request.id,
      meta: { versionId: String(version), lastUpdated },
      status: 'completed',
      category: [{ text: 'Disputed amendment (45 CFR 164.526(d))' }],
      subject: { reference: `Patient/${request.patient}` },
      ...(request.object === undefined ? {} : { about: [{ reference: request.object }] }),
      sent: lastUpdated,
      payload,
    }),
  );
  return {
    type: 'Communication',
    id: request.id,
    version,
    lastUpdated,
    text,
    patients: compartments(resource).patients,
    index: extractIndex(resource),
    facts: decisionFacts(resource),
    actor,
  };
}
