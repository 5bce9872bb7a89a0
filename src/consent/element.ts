import type { ConsentIssue } from './errors.ts';

/** Most codings, references and periods in one Consent: a hundred times what a patient's form holds. */
const MAX_CRITERIA = 4096; // bounds the memory that one compiled consent can take

/** What a compilation found wrong, and how much it has taken in. */
export interface Findings {
  readonly issues: ConsentIssue[];
  criteria: number;
  provisions: number;
}

/** A JSON object read by member name; nothing in it is trusted. */
export type Element = Readonly<Record<string, unknown>>;

/** The value as an object, or undefined when it is none. */
export function asElement(value: unknown): Element | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Element)
    : undefined;
}

/** The objects of a list; none of anything that is no list. */
export function objectsIn(value: unknown): Element[] {
  const list: unknown[] = Array.isArray(value) ? value : [];
  return list.flatMap((each): Element[] => {
    const element = asElement(each);
    return element === undefined ? [] : [element];
  });
}

/** An element of a list with its FHIRPath. */
export interface Located {
  readonly path: string;
  readonly element: Element;
}

/** Notes one finding. */
export function refuse(
  findings: Findings,
  expression: string,
  code: ConsentIssue['code'],
  message: string,
): void {
  findings.issues.push({ expression, code, message });
}

/** The members of a list as objects with their FHIRPath; an absent list is empty, a malformed one is noted. */
export function elementsOf(value: unknown, path: string, findings: Findings): Located[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    refuse(findings, path, 'invalid', 'A list is expected here.');
    return [];
  }
  findings.criteria += value.length;
  if (findings.criteria > MAX_CRITERIA) {
    if (!findings.issues.some((issue) => issue.code === 'too-many-criteria')) {
      refuse(
        findings,
        path,
        'too-many-criteria',
        `A Consent may hold ${MAX_CRITERIA} codings and references in all.`,
      );
    }
    return [];
  }
  return value.flatMap((item, index) => {
    const element = asElement(item);
    if (element === undefined)
      refuse(findings, `${path}[${index}]`, 'invalid', 'An object is expected here.');
    return element === undefined ? [] : [{ path: `${path}[${index}]`, element }];
  });
}

/**
 * Notes every member that is not in `understood`. What is not understood could narrow the rule, so it is never passed
 * over; `id` and `extension` cannot change the meaning of an element (FHIR R4 §extensibility) and may stand.
 */
export function refuseUnknown(
  element: Element,
  path: string,
  understood: readonly string[],
  findings: Findings,
): void {
  for (const name of Object.keys(element)) {
    // A member with an underscore carries only the id and extensions of a primitive.
    if (name === 'id' || name === 'extension' || name.startsWith('_') || understood.includes(name)) continue;
    refuse(findings, `${path}.${name}`, 'unsupported', `${name} is not something this server can enforce.`);
  }
}

/** `system|code` of each Coding of a list that has both; of anything else nothing. */
export function codingKeysOf(codings: unknown): string[] {
  return objectsIn(codings).flatMap(({ system, code }) =>
    typeof system === 'string' && typeof code === 'string' ? [`${system}|${code}`] : [],
  );
}

/** `system|code` of a Coding; undefined, and noted, unless both are given. */
export function codingKey(coding: Element, path: string, findings: Findings): string | undefined {
  const { system, code } = coding;
  if (typeof system === 'string' && typeof code === 'string' && system !== '' && code !== '') {
    return `${system}|${code}`;
  }
  refuse(
    findings,
    path,
    'unsupported',
    'A rule needs a coding with system and code; text alone cannot be matched.',
  );
  return undefined;
}
