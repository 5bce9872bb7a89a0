import { isDeepStrictEqual } from 'node:util';
import type { Criteria, Effect } from './criteria.ts';
import type { CompiledConsent } from './decision.ts';
import type { Provision } from './provision.ts';
import type { PurposeSet } from './purpose-of-use.ts';

/**
 * Whether a Consent permits nothing, or nothing that the one whose place it takes does not permit. Compared provision by provision: false
 * also where it cannot be seen from them.
 */
export function permitsNoMore(after: CompiledConsent, before: CompiledConsent | undefined): boolean {
  if (!hasEffect(after.provision, 'permit')) return true;
  if (before === undefined || !isDeepStrictEqual(after.authorises, before.authorises)) return false;
  return isNarrower(after.provision, before.provision);
}

/** What permits covers at most as much, what denies at least as much. */
function isNarrower(after: Provision, before: Provision): boolean {
  if (after.effect !== before.effect) return false;
  const covers =
    after.effect === 'deny'
      ? isWithin(before.criteria, after.criteria)
      : after.effect === undefined || isWithin(after.criteria, before.criteria);
  if (!covers) return false;
  // Within what is new nothing may permit, within what is gone nothing may have denied.
  return (
    after.exceptions.every(
      (one) => !hasEffect(one, 'permit') || before.exceptions.some((other) => isNarrower(one, other)),
    ) &&
    before.exceptions.every(
      (one) => !hasEffect(one, 'deny') || after.exceptions.some((other) => isNarrower(other, one)),
    )
  );
}

/** Whether a provision or an exception in it has this effect. */
function hasEffect({ effect, exceptions }: Provision, wanted: Effect): boolean {
  return effect === wanted || exceptions.some((each) => hasEffect(each, wanted));
}

/** Whether whatever the one criteria hold for, the others hold for too. */
function isWithin(inner: Criteria, outer: Criteria): boolean {
  return (
    actorsAreWithin(inner, outer) &&
    (inner.actions & ~outer.actions) === 0 &&
    purposesAreWithin(inner.purposes, outer.purposes) &&
    inner.fromMs >= outer.fromMs &&
    inner.untilMs <= outer.untilMs &&
    classesAreWithin(inner, outer) &&
    (outer.codes === undefined || inner.codes?.isSubsetOf(outer.codes) === true) &&
    (outer.data === undefined || dataPeriodIsWithin(inner.data, outer.data)) &&
    (outer.labels === undefined || isDeepStrictEqual(inner.labels, outer.labels)) &&
    (outer.instances === undefined || isDeepStrictEqual(inner.instances, outer.instances))
  );
}

function actorsAreWithin(inner: Criteria, outer: Criteria): boolean {
  if (outer.organisations === undefined && outer.actors === undefined) return true;
  if (inner.organisations === undefined && inner.actors === undefined) return false;
  const isNamed = (one: unknown) => outer.actors?.some((other) => isDeepStrictEqual(one, other)) === true;
  return isSubset(inner.organisations, outer.organisations) && (inner.actors ?? []).every(isNamed);
}

function classesAreWithin(inner: Criteria, outer: Criteria): boolean {
  if (outer.types === undefined && outer.kinds === undefined) return true;
  if (inner.types === undefined && inner.kinds === undefined) return false;
  return isSubset(inner.types, outer.types) && isSubset(inner.kinds, outer.kinds);
}

function purposesAreWithin(inner: PurposeSet, outer: PurposeSet): boolean {
  const bits = (inner.low & ~outer.low) | (inner.high & ~outer.high);
  return bits === 0 && (outer.any || (!inner.any && isSubset(inner.others, outer.others)));
}

function isSubset(inner: readonly string[] | undefined, outer: readonly string[] | undefined): boolean {
  return (inner ?? []).every((one) => outer?.includes(one) === true);
}

function dataPeriodIsWithin(inner: Criteria['data'], outer: { startMs: number; endMs: number }): boolean {
  return inner !== undefined && inner.startMs >= outer.startMs && inner.endMs <= outer.endMs;
}
