/** Prefix of the labels that say how confidential something is. */
const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality|';

/** v3-Confidentiality in ascending order: unrestricted, low, moderate, normal, restricted, very restricted. */
const LEVELS = ['U', 'L', 'M', 'N', 'R', 'V'];

/** How many levels there are. */
export const LEVEL_COUNT = LEVELS.length;

/** Each level's label and its place; a look-up where cutting strings would take half of a decision's time. */
const PLACES: ReadonlyMap<string, number> = new Map(LEVELS.map((code, at) => [CONFIDENTIALITY + code, at]));

/** Which labelled resources a provision speaks of. */
export interface LabelCriterion {
  /** Highest and lowest confidentiality level named, as positions in the scale; absent when none is named. */
  readonly confidentiality?: { readonly highest: number; readonly lowest: number };
  /** `system|code` of the other labels named; empty when there are none. */
  readonly others: ReadonlySet<string>;
}

/** The criterion that stands for a list of `system|code` labels. */
export function labelCriterion(labels: readonly string[]): LabelCriterion {
  const levels = labels.map(levelOf).filter((level) => level !== undefined);
  const others = new Set(labels.filter((label) => levelOf(label) === undefined));
  return levels.length === 0
    ? { others }
    : { confidentiality: { highest: Math.max(...levels), lowest: Math.min(...levels) }, others };
}

/**
 * Whether a resource with this highest level (-1 for none) and these other `system|code` labels is meant. Confidentiality is
 * a high-water mark (FHIR R4 §Consent.provision.securityLabel): permitting N permits what is labelled N or lower, and
 * denying R denies R and higher. An unlabelled resource is not known to be below any mark, so that no permission by label
 * reaches it.
 */
export function labelsMatch(
  { confidentiality, others }: LabelCriterion,
  effect: 'permit' | 'deny',
  level: number,
  labels: readonly string[],
): boolean {
  const other = others.size > 0 && labels.some((label) => others.has(label));
  if (effect === 'deny') return other || (confidentiality !== undefined && level >= confidentiality.lowest);
  if (others.size > 0 && !other) return false;
  return confidentiality === undefined || (level !== -1 && level <= confidentiality.highest);
}

/** Whether a resource with this highest level may be meant, whatever other labels it has. */
export function levelMatches(criterion: LabelCriterion, effect: 'permit' | 'deny', level: number): boolean {
  return labelsMatch(criterion, effect, level, [...criterion.others]);
}

/** Place in the scale of a label that says how confidential something is; undefined for any other. */
export function levelOf(label: string): number | undefined {
  return PLACES.get(label);
}

/** The label of a place in the scale. */
export function labelOfLevel(level: number): string | undefined {
  const code = LEVELS[level];
  return code === undefined ? undefined : CONFIDENTIALITY + code;
}
