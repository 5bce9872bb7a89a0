import { BREAK_GLASS, EMERGENCY_REASONS, ORGANISATION_SYSTEM } from '../../consent/index.ts';
import { PURPOSE_OF_USE_SYSTEM } from '../../identity/index.ts';
import { canonicalize } from '../../proof/index.ts';
import { compartments, decisionFacts, extractIndex, parseResource } from '../../r4/index.ts';
import type { VersionWrite } from '../../vault/index.ts';
import type { BreakGlassFacts, BrokenGlass } from './broken-glass.ts';

/** A time of day as people read it, to the minute. */
const clock = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;

function words(glass: BrokenGlass, facts: BreakGlassFacts, custodian: string): string[] {
  const { breaker, text } = facts;
  return [
    `On ${clock(glass.opened)} ${breaker.name}, ${breaker.affiliation}, opened your record at ${custodian} in an emergency, without your consent.`,
    `The reason they gave: ${EMERGENCY_REASONS[glass.reason].words} In their words: ${text}`,
    `It is open to them until ${clock(glass.until)}. Everything that they read stands in your access log.`,
    `The privacy officer of ${custodian} looks into every such access. If you think that it was not right, tell them, or complain to the U.S. Department of Health and Human Services (45 CFR 160.306).`,
  ];
}

/** What the patient is told, at once: a Communication in their own record, committed with the emergency itself. */
export function noticeOf(
  glass: BrokenGlass,
  facts: BreakGlassFacts,
  custodian: { readonly id: string; readonly name: string },
): VersionWrite {
  const lastUpdated = glass.opened;
  const patient = { reference: `Patient/${glass.patient}` };
  const { resource, text } = parseResource(
    canonicalize({
      resourceType: 'Communication',
      id: glass.id,
      meta: { versionId: '1', lastUpdated },
      status: 'completed',
      category: [{ text: 'Emergency access to your record' }],
      priority: 'urgent',
      subject: patient,
      recipient: [patient],
      sender: { identifier: { system: ORGANISATION_SYSTEM, value: custodian.id }, display: custodian.name },
      sent: lastUpdated,
      reasonCode: [{ coding: [{ system: PURPOSE_OF_USE_SYSTEM, code: BREAK_GLASS }] }],
      payload: words(glass, facts, custodian.name).map((contentString) => ({ contentString })),
    }),
  );
  return {
    type: 'Communication',
    id: glass.id,
    version: 1,
    lastUpdated,
    text,
    patients: compartments(resource).patients,
    index: extractIndex(resource),
    facts: decisionFacts(resource),
    actor: custodian.id,
  };
}
