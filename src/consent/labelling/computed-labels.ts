import type { DecisionFacts } from '../../r4/index.ts';
import { labelOfLevel, levelOf } from '../security-label.ts';
import { LABEL, SENSITIVE_LABELS } from '../sensitivity.ts';
import { type LabelRules, NO_LABEL_RULES } from './label-rules.ts';

const NORMAL = labelOfLevel(3) ?? '';
const RESTRICTED = labelOfLevel(4) ?? '';
/** A beginning has at least this many characters: a letter and a digit of ICD-10-CM, half a chapter. */
const SHORTEST_BEGINNING = 2;

/**
 * The labels that rules give a resource, sorted: those of its codes, 42CFRPart2 for what a Part 2 program makes, and a
 * confidentiality, R when anything about it is sensitive and N when nothing is known to be (HL7 HCS §confidentiality). None at all
 * under {@link NO_LABEL_RULES}. What stands on the resource itself is not repeated.
 */
export function computeLabels(rules: LabelRules, facts: DecisionFacts): readonly string[] {
  if (rules.version === NO_LABEL_RULES.version) return [];
  const found = new Set<string>();
  for (const code of facts.codes) addLabels(rules, code, found);
  if (isOfProgram(rules, facts)) found.add(LABEL.part2);
  const isSensitive = found.size > 0 || facts.labels.some((label) => SENSITIVE_LABELS.has(label));
  // What its author marked keeps that mark: a decision goes by the highest.
  if (isSensitive) found.add(RESTRICTED);
  else if (!facts.labels.some((label) => levelOf(label) !== undefined)) found.add(NORMAL);
  return [...found].filter((label) => !facts.labels.includes(label)).sort();
}

/** 42 CFR 2.11 "records": any information relating to a patient that a program creates, receives or acquires. */
function isOfProgram({ part2Program }: LabelRules, { patients, references }: DecisionFacts): boolean {
  if (part2Program === undefined || patients.length === 0) return false;
  if (part2Program === 'organisation') return true;
  return references?.some((reference) => part2Program.includes(reference)) === true;
}

function addLabels({ exact, beginnings, systems }: LabelRules, code: string, found: Set<string>): void {
  for (const label of exact.get(code) ?? []) found.add(label);
  const bar = code.indexOf('|');
  const longest = systems.get(code.slice(0, bar));
  if (longest === undefined) return;
  const last = Math.min(code.length, bar + 1 + longest);
  for (let end = bar + 1 + SHORTEST_BEGINNING; end <= last; end++)
    for (const label of beginnings.get(code.slice(0, end)) ?? []) found.add(label);
}

/** The facts as they are kept beside a version, sealed with it: with the labels computed under these rules. */
export function labelled(rules: LabelRules, facts: DecisionFacts): DecisionFacts {
  return { ...facts, computed: { rules: rules.version, labels: computeLabels(rules, facts) } };
}

/** Facts by their own identity, so that a version in memory is not labelled again. */
const known = new WeakMap<DecisionFacts, { readonly version: string; readonly facts: DecisionFacts }>();

/**
 * The facts as a decision takes them: the computed labels among the others. Labels that were kept under other rules are worked out
 * anew from the facts, which hold every code: a change of the rules counts from the next request on for every version there is.
 */
export function decidableFacts(rules: LabelRules, facts: DecisionFacts): DecisionFacts {
  const before = known.get(facts);
  if (before?.version === rules.version) return before.facts;
  const kept = facts.computed?.rules === rules.version ? facts.computed.labels : computeLabels(rules, facts);
  const merged = kept.length === 0 ? facts : { ...facts, labels: [...facts.labels, ...kept] };
  known.set(facts, { version: rules.version, facts: merged });
  return merged;
}
