const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality|';

/** v3-Confidentiality in ascending order: unrestricted, low, moderate, normal, restricted, very restricted. */
const LEVELS = ['U', 'L', 'M', 'N', 'R', 'V'];

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
 * Whether a resource with these `system|code` labels is meant. Confidentiality is a high-water mark (FHIR R4
 * §Consent.provision.securityLabel): permitting N permits what is labelled N or lower, and denying R denies R
 * and higher. Of several levels the highest counts. An unlabelled resource is not known to be below any mark, so that
 * no permission by label reaches it.
 */
export function labelsMatch(
  criterion: LabelCriterion,
  effect: 'permit' | 'deny',
  labels: readonly string[],
): boolean {
  const { confidentiality, others } = criterion;
  let level: number | undefined;
  let other = false;
  for (const label of labels) {
    const found = levelOf(label);
    if (found !== undefined) level = level === undefined ? found : Math.max(level, found);
    else if (others.has(label)) other = true;
  }
  if (effect === 'deny') {
    return other || (confidentiality !== undefined && level !== undefined && level >= confidentiality.lowest);
  }
  if (others.size > 0 && !other) return false;
  return confidentiality === undefined || (level !== undefined && level <= confidentiality.highest);
}

function levelOf(label: string): number | undefined {
  if (!label.startsWith(CONFIDENTIALITY)) return undefined;
  const level = LEVELS.indexOf(label.slice(CONFIDENTIALITY.length));
  return level === -1 ? undefined : level;
}
