import { type Decision, decidableFacts, decide } from '../consent/index.ts';
import type { DecisionFacts } from '../r4/index.ts';
import { asking, type Deed } from './asking.ts';
import type { Context } from './context.ts';
import { noteDecision } from './decision-note.ts';
import { isShared } from './shared-type.ts';

/** What a permission rests on, and what of the resource it leaves out. */
export interface Permitted {
  /** Ids of the consents relied on. */
  readonly consents: readonly string[];
  /** FHIRPaths of elements that must not be shown; empty when all may be. */
  readonly redactions: readonly string[];
}

/** No logical id is empty: the patient of a record that does not say whose it is. */
const UNNAMED = '';

/**
 * One decision per patient of the resource, with the labels that it has and those that it is given here: any denial denies
 * (DESIGN §1.5), and what is left out for one is left out. Undefined when nothing is permitted.
 */
export function permission(
  context: Context,
  facts: DecisionFacts,
  patients: readonly string[],
  deed?: Deed,
): Permitted | undefined {
  const { consentsOf, policy } = context.services;
  const labelled = decidableFacts(policy.labels, facts);
  if (patients.length === 0) {
    // What may be about a patient without saying whom is decided as that of a patient who has said nothing.
    const subject = isShared(facts.type) ? undefined : UNNAMED;
    return partOf(context, decide(asking(context, subject, deed), labelled, [], policy));
  }
  let all: Permitted | undefined;
  for (const patient of patients) {
    const decision = decide(asking(context, patient, deed), labelled, consentsOf(patient), policy);
    const one = partOf(context, decision);
    if (one === undefined) return undefined;
    all = all === undefined ? one : both(all, one);
  }
  return all;
}

function partOf(context: Context, decision: Decision): Permitted | undefined {
  noteDecision(context, decision);
  return decision.permit ? decision : undefined;
}

function both(one: Permitted, other: Permitted): Permitted {
  return {
    consents: joined(one.consents, other.consents),
    redactions: joined(one.redactions, other.redactions),
  };
}

function joined(one: readonly string[], other: readonly string[]): readonly string[] {
  if (other.length === 0) return one;
  return one.length === 0 ? other : [...new Set([...one, ...other])];
}

/** The consents relied on when all of a resource is permitted; undefined when nothing is, or only a part. */
export function permitted(
  context: Context,
  facts: DecisionFacts,
  patients: readonly string[],
  deed?: Deed,
): readonly string[] | undefined {
  const found = permission(context, facts, patients, deed);
  return found === undefined || found.redactions.length > 0 ? undefined : found.consents;
}
