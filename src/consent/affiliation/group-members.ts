import { asElement, type Element, objectsIn } from '../element.ts';
import { both, type Interval, intervalOf, NEVER } from './period.ts';

/** Somebody or something that belongs to a group, and when. */
export interface Member extends Interval {
  /** Relative reference, such as `Practitioner/12`. */
  readonly reference: string;
}

const NOBODY: readonly Member[] = [];

/**
 * Who a resource says belongs to it, as it says it: participants of a CareTeam, members of a Group, the practitioner of a
 * PractitionerRole. Nobody for a team that is not active, a Group that is a mere description, and any other type. What belongs may be
 * a team or role itself. (FHIR R4 §CareTeam.status, .period, .participant.period; §Group.actual, .member.inactive, .member.period;
 * §PractitionerRole.active, .period.)
 */
export function membersOf(resource: Element): readonly Member[] {
  switch (resource.resourceType) {
    case 'CareTeam':
      return careTeam(resource);
    case 'Group':
      return group(resource);
    case 'PractitionerRole':
      return resource.active === false
        ? NOBODY
        : member(resource.practitioner, intervalOf(resource.period), undefined);
    default:
      return NOBODY;
  }
}

/** Of a team that does not say where it stands nothing says that it has ended. */
function careTeam({ status, period, participant }: Element): readonly Member[] {
  if (status !== undefined && status !== 'active') return NOBODY;
  return objectsIn(participant).flatMap((each) => member(each.member, intervalOf(period), each.period));
}

function group({ active, actual, member: members }: Element): readonly Member[] {
  if (active === false || actual !== true) return NOBODY;
  return objectsIn(members).flatMap((each) =>
    each.inactive === true ? NOBODY : member(each.entity, intervalOf(undefined), each.period),
  );
}

function member(reference: unknown, whole: Interval, period: unknown): readonly Member[] {
  const text = referenceIn(reference);
  const when = both(whole, intervalOf(period));
  return text === undefined || when === NEVER ? NOBODY : [{ reference: text, ...when }];
}

const RELATIVE = /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/;

/** The relative reference to a resource here; undefined for any other. */
export function referenceIn(value: unknown): string | undefined {
  const reference = asElement(value)?.reference;
  return typeof reference === 'string' && RELATIVE.test(reference) ? reference : undefined;
}
