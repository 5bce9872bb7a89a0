import type { Asked } from './asked.ts';
import { applies, type Criteria, type Effect } from './criteria.ts';
import { covers, type PurposeSet, union } from './purpose-of-use.ts';

/** A compiled provision with the exceptions nested in it. */
export interface Provision {
  /** FHIRPath in the Consent, for explanations. */
  readonly path: string;
  /** Undefined at a root that only holds exceptions (FHIR R4: `type` is not permitted in the root rule). */
  readonly effect: Effect | undefined;
  /** Own criteria, and the parent's where this provision sets none of that kind. */
  readonly criteria: Criteria;
  readonly exceptions: readonly Provision[];
  /** Every purpose that this provision or one nested in it names: outside, it need not be looked at. */
  readonly reach: PurposeSet;
  /** Every organisation likewise; undefined when anyone may be meant. */
  readonly reachOrganisations: readonly string[] | undefined;
}

/** A provision with its reach worked out. */
export function provisionOf(
  path: string,
  effect: Effect | undefined,
  criteria: Criteria,
  exceptions: readonly Provision[],
): Provision {
  const { purposes, organisations, actors } = criteria;
  let reach = purposes;
  let named = actors === undefined ? organisations : undefined;
  for (const exception of exceptions) {
    reach = union(reach, exception.reach);
    const { reachOrganisations } = exception;
    named =
      named === undefined || reachOrganisations === undefined
        ? undefined
        : [...new Set([...named, ...reachOrganisations])];
  }
  return { path, effect, criteria, exceptions, reach, reachOrganisations: named };
}

/** Whether a provision or one nested in it may speak of a purpose and an organisation at all. */
export function mayReach(
  { reach, reachOrganisations }: Provision,
  organisation: string,
  purpose: PurposeSet,
): boolean {
  return covers(reach, purpose) && reachOrganisations?.includes(organisation) !== false;
}

/**
 * The provision that decides a request for one purpose; undefined when none speaks. Deeper wins over its parent; among
 * exceptions of one parent, deny wins. An exception is looked at even where its parent does not apply: it may speak of
 * data that the parent leaves out (IHE PCF, "focused restricted").
 */
export function evaluate(provision: Provision, asked: Asked, purpose: PurposeSet): Provision | undefined {
  const { effect, criteria, exceptions } = provision;
  if (!mayReach(provision, asked.request.actorOrganisation, purpose)) return undefined;
  let found: Provision | undefined;
  for (const exception of exceptions) {
    const exceptional = evaluate(exception, asked, purpose);
    if (exceptional?.effect === 'deny') return exceptional;
    if (exceptional !== undefined) found = exceptional;
  }
  if (found !== undefined || effect === undefined) return found;
  return applies(criteria, effect, asked, purpose) ? provision : undefined;
}
