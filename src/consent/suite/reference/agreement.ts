import { decisionFacts } from '../../../r4/index.ts';
import {
  type CompiledConsent,
  type ConsentAction,
  compileConsent,
  type Decision,
  type DecisionRequest,
  decide,
  LAW_PROFILES,
  NO_LAW,
  organisationPolicy,
} from '../../index.ts';
import type { ConsentCase, Verdict } from './consent-case.ts';
import { featuresOf } from './features.ts';
import { generateCase } from './generate-case.ts';
import { referenceVerdict } from './reference-evaluator.ts';

/** A case on which the two differ. */
export interface Disagreement {
  readonly seed: number;
  readonly decided: Verdict;
  readonly reference: Verdict;
}

/** What a run over many cases came to. */
export interface Agreement {
  readonly cases: number;
  readonly disagreements: readonly Disagreement[];
  /** How many of the cases each feature occurs in. */
  readonly features: Readonly<Record<string, number>>;
}

function compiled({ consents, store }: ConsentCase): CompiledConsent[] {
  const linksOf = (reference: string) => {
    const resource = store[reference];
    return resource === undefined ? undefined : decisionFacts(resource).references;
  };
  return consents.map(({ id, status, resource }) => {
    const outcome = compileConsent(resource, id, status, linksOf);
    if ('refused' in outcome) throw new Error(JSON.stringify(outcome.refused));
    return outcome.consent;
  });
}

function requestOf({ request }: ConsentCase): DecisionRequest {
  const { representative, emergency } = request;
  return {
    custodian: request.custodian,
    actorOrganisation: request.organisation,
    kind: request.kind,
    purposes: request.purposes,
    nowMs: Date.parse(request.now),
    actions: request.actions as ConsentAction[],
    subject: request.subject,
    patient: request.tokenPatient,
    fhirUser: request.person,
    groups: request.groups,
    unknownGroups: request.unknownGroups && new Set(request.unknownGroups),
    capacities: request.capacities,
    roles: request.roles,
    emergency:
      emergency === undefined
        ? undefined
        : {
            id: 'e',
            patient: emergency.patient,
            reason: emergency.reason,
            fromMs: Date.parse(emergency.from),
            untilMs: Date.parse(emergency.until),
          },
    representative:
      representative === undefined
        ? undefined
        : {
            patient: representative.patient,
            relationship: representative.relationship,
            birthMs: representative.birth === undefined ? undefined : Date.parse(representative.birth),
            fromMs: Date.parse(representative.from),
            untilMs: Date.parse(representative.until),
          },
  };
}

/** The decision on a case, as the product makes it. */
function decisionOn(asked: ConsentCase): Decision {
  const law = LAW_PROFILES.get(asked.law) ?? NO_LAW;
  return decide(
    requestOf(asked),
    decisionFacts(asked.resource),
    compiled(asked),
    organisationPolicy(asked.policy, law),
  );
}

/** The decision in the words of a verdict. */
export function decidedVerdict(asked: ConsentCase): Verdict {
  const { outcome, consents, purpose, redactions } = decisionOn(asked);
  return {
    outcome,
    consents: [...consents].sort(),
    ...(purpose === undefined ? {} : { purpose }),
    redactions,
  };
}

/** Whether two verdicts are one. */
export const agree = (a: Verdict, b: Verdict): boolean =>
  a.outcome === b.outcome &&
  a.purpose === b.purpose &&
  a.redactions.join() === b.redactions.join() &&
  // Of several consents that deny, any one may be named.
  (a.outcome === 'deny' ? a.consents.length === b.consents.length : a.consents.join() === b.consents.join());

/** Asks both for `count` cases from `first` on. `verdictOf` stands in for the decision where it is the suite that is tested. */
export function compare(
  first: number,
  count: number,
  verdictOf: (asked: ConsentCase) => Verdict = decidedVerdict,
): Agreement {
  const disagreements: Disagreement[] = [];
  const features: Record<string, number> = {};
  for (let seed = first; seed < first + count; seed++) {
    const asked = generateCase(seed);
    const reference = referenceVerdict(asked);
    const decided = verdictOf(asked);
    if (!agree(decided, reference)) disagreements.push({ seed, decided, reference });
    for (const feature of featuresOf(asked, reference)) features[feature] = (features[feature] ?? 0) + 1;
  }
  return { cases: count, disagreements, features };
}
