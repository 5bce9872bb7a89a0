import { labelOfLevel, levelOf } from './security-label.ts';

/** A label as FHIR writes it. */
export interface LabelCoding {
  readonly system: string;
  readonly code: string;
}

/**
 * The labels of a release of several resources (FHIR R4 §security-labels, HL7 HCS): the highest confidentiality of any, and every
 * sensitivity and handling label of any, sorted. Empty when nothing is labelled.
 */
export function highWaterMark(labels: Iterable<readonly string[]>): LabelCoding[] {
  let highest = -1;
  const others = new Set<string>();
  for (const list of labels) {
    for (const label of list) {
      const level = levelOf(label);
      if (level === undefined) others.add(label);
      else highest = Math.max(highest, level);
    }
  }
  const mark = labelOfLevel(highest);
  return [...(mark === undefined ? [] : [mark]), ...[...others].sort()].map((label) => {
    const cut = label.indexOf('|');
    return { system: label.slice(0, cut), code: label.slice(cut + 1) };
  });
}
